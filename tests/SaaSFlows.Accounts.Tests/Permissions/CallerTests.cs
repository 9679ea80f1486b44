using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Tests.Permissions;

public class CallerTests
{
    private static readonly CommunityId _here = new(1);
    private static readonly CommunityId _elsewhere = new(2);

    [Fact]
    public void Each_role_may_do_all_that_the_next_one_may()
    {
        foreach (var (more, less) in Enum.GetValues<Role>().Zip(Enum.GetValues<Role>().Skip(1)))
        {
            Assert.True(more.Permissions().IsSupersetOf(less.Permissions()), $"{more} ⊉ {less}");
        }
    }

    [Fact]
    public void All_permissions_exist_as_constants_and_the_owner_has_them_all()
    {
        var constants = typeof(Permission).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(constants.Order(StringComparer.Ordinal), Permission.All.Order(StringComparer.Ordinal));
        Assert.Equal(Permission.All.Order(StringComparer.Ordinal), Role.Owner.Permissions().Order(StringComparer.Ordinal));
        Assert.All(Permission.All, permission => Assert.Matches("^[a-z]+:[a-z_]+$", permission));
        string[] seeds =
        [
            "create:workflows",
            "read:workflows",
            "update:workflows",
            "delete:workflows",
            "execute:workflows",
            "read:executions",
            "cancel:executions",
            "read:logs",
        ];
        Assert.Empty(seeds.Except(Permission.All));
    }

    [Theory]
    [InlineData(Role.Admin, Permission.ManageBilling, false)]
    [InlineData(Role.Admin, Permission.DeleteTenant, false)]
    [InlineData(Role.Admin, Permission.ReadAudit, true)]
    [InlineData(Role.Viewer, Permission.ReadWorkflows, true)]
    [InlineData(Role.Viewer, Permission.WriteChat, false)]
    [InlineData(Role.Operator, Permission.ExecuteWorkflows, true)]
    [InlineData(Role.Operator, Permission.UpdateWorkflows, false)]
    [InlineData(Role.Editor, Permission.PublishWorkflows, true)]
    [InlineData(Role.Editor, Permission.ManageMembers, false)]
    [InlineData(Role.Admin, Permission.ManageMembers, true)]
    public void Role_decides(Role role, string permission, bool may) =>
        Assert.Equal(may, NewCaller(role, CommunityAccess.WholeTenant).May(permission));

    [Fact]
    public void Permission_holds_in_own_communities_only_and_never_exceeds_the_role_there()
    {
        var caller = NewCaller(Role.Editor, CommunityAccess.Of(new Dictionary<CommunityId, Role> { [_here] = Role.Operator }));

        Assert.True(caller.May(Permission.ExecuteWorkflows, _here));
        Assert.False(caller.May(Permission.UpdateWorkflows, _here));
        Assert.False(caller.May(Permission.ReadWorkflows, _elsewhere));
    }

    [Fact]
    public void Role_in_a_community_grants_nothing_beyond_the_role_in_the_tenant()
    {
        var caller = NewCaller(Role.Viewer, CommunityAccess.Of(new Dictionary<CommunityId, Role> { [_here] = Role.Admin }));

        Assert.False(caller.May(Permission.UpdateWorkflows, _here));
    }

    [Fact]
    public void No_communities_is_not_the_whole_tenant()
    {
        var caller = NewCaller(Role.Editor, CommunityAccess.Of(new Dictionary<CommunityId, Role>()));

        Assert.False(caller.Communities.IsWholeTenant);
        Assert.False(caller.May(Permission.ReadWorkflows, _here));
        Assert.False(caller.Scope().Communities.IsAll);
    }

    private static Caller NewCaller(Role role, CommunityAccess communities) =>
        new(new(Guid.NewGuid()), "ada", new(Guid.NewGuid()), role.Permissions(), communities);
}
