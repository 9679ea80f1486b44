using Npgsql;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Members;

/// <summary>What makes lists of very many members fast. How fast, docs/performance.md says.</summary>
public sealed class MemberScaleTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private const int Members = 5_000;

    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_tenant_is_asked_once_for_a_list_and_not_for_each_member()
    {
        var owner = (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;
        await FillAsync(owner.TenantId.Value);

        foreach (
            var filter in new[]
            {
                new MemberFilter(null, null),
                new("person 77", null),
                new("example.com", null),
                new(null, "viewer"),
                new("person", "editor"),
            }
        )
        {
            foreach (
                var (select, rest) in new[] { ("select count(*)", ""), ("select m.user_id", "order by m.listed_as, m.user_id offset 4000 limit 100") }
            )
            {
                var plan = await ExplainAsync(owner.TenantId.Value, connection => MembersHandler.Filtered(connection, select, filter, rest));
                Assert.DoesNotContain(
                    plan,
                    line => line.Contains("Filter:", StringComparison.Ordinal) && line.Contains("current_setting", StringComparison.Ordinal)
                );
            }
        }
    }

    [Theory]
    [InlineData(null, 0, 100, 5_001)]
    [InlineData(null, 5_000, 1, 5_001)]
    [InlineData(null, 6_000, 0, 5_001)]
    [InlineData("person 4711", 0, 1, 1)]
    [InlineData("nobody", 0, 0, 0)]
    [InlineData("nobody", 100, 0, 0)]
    public async Task The_total_is_right_on_each_page(string? search, int skip, int shown, long total)
    {
        var owner = (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;
        await FillAsync(owner.TenantId.Value);

        var list = await _host.Get<MembersHandler>().ListAsync(owner, new(search, null), skip, 100, AccountsHost.Ct);

        Assert.Equal((shown, total), (list.Items.Count, list.Total));
    }

    // Past the triggers, which are not what this is about.
    private async Task FillAsync(Guid tenant)
    {
        await _host.SqlAsync(
            $"""
            set session_replication_role = replica;
            with made as (
                insert into accounts.users (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, phone_number_confirmed,
                two_factor_enabled, lockout_enabled, access_failed_count)
                select gen_random_uuid(), 'Person ' || n, 'PERSON ' || n || '{tenant}', 'person' || n || '@example.com',
                'PERSON' || n || '{tenant}@EXAMPLE.COM', true, false, false, false, 0
                from generate_series(1, {Members}) n returning id, user_name, email)
            insert into accounts.memberships (tenant_id, user_id, role, listed_as)
            select '{tenant}', id, case when random() < 0.1 then 'editor' else 'viewer' end, lower(user_name || ' ' || email) from made;
            set session_replication_role = origin
            """
        );
        await _host.SqlAsync("vacuum analyze accounts.users, accounts.memberships");
    }

    private async Task<IReadOnlyList<string>> ExplainAsync(Guid tenant, Func<NpgsqlConnection, NpgsqlCommand> build)
    {
        await using var connection = new NpgsqlConnection(database.Roles.App);
        await connection.OpenAsync(AccountsHost.Ct);
        await using var transaction = await connection.BeginTransactionAsync(AccountsHost.Ct);
        await using var enter = new NpgsqlCommand(
            $"select set_config('app.tenant_id', '{tenant}', true), set_config('app.community_ids', '*', true)",
            connection
        );
        await enter.ExecuteNonQueryAsync(AccountsHost.Ct);
        await using var command = build(connection);
        command.CommandText = "explain " + command.CommandText;
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(AccountsHost.Ct);
        while (await reader.ReadAsync(AccountsHost.Ct))
        {
            plan.Add(reader.GetString(0));
        }

        return plan;
    }
}
