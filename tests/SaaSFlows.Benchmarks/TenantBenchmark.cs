using System.Diagnostics;
using System.Globalization;

namespace SaaSFlows.Benchmarks;

/// <summary>A tenant with a million ended executions (or BENCH_EXECUTIONS) among as many of others is exported and then deleted.</summary>
internal static class TenantBenchmark
{
    private const string Database = "bench_tenant";
    private const int Share = 2;
    private static readonly int Executions = int.Parse(
        Environment.GetEnvironmentVariable("BENCH_EXECUTIONS") ?? "1000000",
        CultureInfo.InvariantCulture
    );

    public static async Task<int> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        await FilledDatabase.FillAsync(server, Database, Executions * Share, Share);
        using (var host = await BenchHost.StartAsync(server.Admin(Database), "--Retention:Days=0"))
        {
            await host.SignInAsync(FilledDatabase.Email);
            await ExportAsync(host);
        }

        var tenant = await server.ScalarAsync<Guid>(
            Database,
            $"select m.tenant_id from accounts.memberships m join accounts.users u on u.id = m.user_id where u.email = '{FilledDatabase.Email}'"
        );
        await server.ExecuteAsync(
            Database,
            $"update accounts.tenants set status = 'closing', delete_at = now() - interval '1 hour' where tenant_id = '{tenant}'"
        );
        await DeleteAsync(server, tenant);
        return 0;
    }

    private static async Task ExportAsync(BenchHost host)
    {
        var (before, start, bytes, lines) = (host.Resident, Stopwatch.GetTimestamp(), 0L, 0L);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tenant/export");
        using var response = (await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer)) > 0; )
        {
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Conditions.Say(
            (FormattableString)
                $"exported {lines - 2:N0} rows, {bytes / 1e6:N0} MB in {seconds:N0} s; memory {before / 1e6:N0} MB before, {host.Peak / 1e6:N0} "
                + $"MB at its peak; load {Conditions.Load()}"
        );
    }

    // The service begins 45 s after a start, and looks again after ten minutes only: so a process of its own.
    private static async Task DeleteAsync(BenchServer server, Guid tenant)
    {
        using var host = await BenchHost.StartAsync(server.Admin(Database), "--Retention:Days=0");
        long? started = null;
        var longest = 0.0;
        while (await server.ScalarAsync<bool>(Database, $"select exists (select from accounts.tenants where tenant_id = '{tenant}')"))
        {
            if (
                await server.ScalarAsync<string>(Database, $"select coalesce((select status from accounts.tenants where tenant_id = '{tenant}'), '')")
                == "deleting"
            )
            {
                started ??= Stopwatch.GetTimestamp();
            }

            longest = Math.Max(
                longest,
                await server.ScalarAsync<double>(
                    "postgres",
                    "select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity where datname = "
                        + $"'{Database}' and query like '%accounts.delete_%' and state <> 'idle'"
                )
            );
            await Task.Delay(20);
        }

        Conditions.Say(
            (FormattableString)
                $"deleted in {Stopwatch.GetElapsedTime(started!.Value).TotalSeconds:N0} s; longest transaction seen {longest:N2} s; memory "
                + $"{host.Peak / 1e6:N0} MB at its peak; load {Conditions.Load()}"
        );
    }
}
