using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Directory.Invitations.Internal;

/// <summary>The roles that an invitation gives.</summary>
internal sealed record InvitedRoles(MemberRole InTenant, IReadOnlyList<InvitedTo> InCommunities)
{
    private const int MostCommunities = 100;

    /// <summary>Returns the requested roles if the caller may give them.</summary>
    public static async Task<AccountsResult<InvitedRoles>> CheckAsync(
        NpgsqlConnection connection,
        Caller caller,
        string email,
        string? wanted,
        IReadOnlyList<WantedPlace> places,
        CancellationToken ct
    )
    {
        var errors = new Dictionary<string, string[]>();
        if (!RegisterRules.IsEmail(email))
        {
            errors["email"] = ["This is not an e-mail address."];
        }

        var role = await NamedRole.FindAsync(connection, wanted, ct);
        if (role is null)
        {
            errors["role"] = ["must be one of owner, admin, editor, operator, viewer, or the id of one of your own roles."];
        }

        var communities = places.Count > MostCommunities ? null : await RolesAsync(connection, places, ct);
        if (communities is null || communities.DistinctBy(c => c.Community).Count() != communities.Count)
        {
            errors["communities"] =
            [
                $"Name each of at most {MostCommunities} communities once, with the role admin, editor, operator, viewer or the id of one of your "
                    + "own.",
            ];
        }

        if (errors.Count > 0)
        {
            return new AccountsError.Invalid(errors);
        }

        if (!role!.IsWithin(caller))
        {
            return role.Beyond(caller.Permissions);
        }

        foreach (var place in communities!)
        {
            if (await PlaceSql.RefuseAsync(connection, caller, Permission.ManageMembers, place.Community, ct) is { } refusal)
            {
                return refusal;
            }

            if (!place.Role.IsWithin(caller, place.Community))
            {
                return place.Role.Beyond(caller, place.Community);
            }
        }

        return new InvitedRoles(role, communities);
    }

    private static async Task<List<InvitedTo>?> RolesAsync(NpgsqlConnection connection, IReadOnlyList<WantedPlace> places, CancellationToken ct)
    {
        var found = new Dictionary<string, MemberRole>();
        foreach (var name in places.Select(place => place.Role ?? "").Distinct().Order(StringComparer.Ordinal))
        {
            if (await NamedRole.FindAsync(connection, name, ct) is not { } role || role.BuiltIn is Role.Owner)
            {
                return null;
            }

            found.Add(name, role);
        }

        return [.. places.Select(place => new InvitedTo(place.Community, found[place.Role!]))];
    }
}
