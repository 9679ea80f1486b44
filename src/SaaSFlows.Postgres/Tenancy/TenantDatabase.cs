using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>The only way to a tenant's tables: each call is one transaction that sees one tenant.</summary>
public sealed class TenantDatabase
{
    private readonly IDbContextFactory<AppDb> _contexts;
    private readonly PostgresPools _pools;

    internal TenantDatabase(IDbContextFactory<AppDb> contexts, PostgresPools pools)
    {
        _contexts = contexts;
        _pools = pools;
    }

    /// <summary>Runs <paramref name="work"/> in a transaction; commits when it returns, rolls back when it throws.</summary>
    public async Task<T> RunAsync<T>(TenantScope scope, Func<AppDb, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        await using var db = await _contexts.CreateDbContextAsync(ct);
        db.Enter(scope);
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await SetAsync((NpgsqlConnection)db.Database.GetDbConnection(), scope, ct);
            var result = await work(db, ct);
            await transaction.CommitAsync(ct);
            return result;
        }
        finally
        {
            // The context goes back to its pool.
            db.Leave();
        }
    }

    /// <summary>The same for work without a result.</summary>
    public async Task RunAsync(TenantScope scope, Func<AppDb, CancellationToken, Task> work, CancellationToken ct) =>
        await RunAsync(
            scope,
            async (db, token) =>
            {
                await work(db, token);
                return true;
            },
            ct);

    /// <summary>The same for plain SQL, such as reads of executions and journals.</summary>
    public async Task<T> QueryAsync<T>(TenantScope scope, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _pools.App.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SetAsync(connection, scope, ct);
        var result = await work(connection, ct);
        await transaction.CommitAsync(ct);
        return result;
    }

    // Npgsql sends BEGIN together with the first statement, so this costs no round trip of its own beyond it.
    private static async Task SetAsync(NpgsqlConnection connection, TenantScope scope, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select set_config('app.tenant_id', $1, true), set_config('app.community_ids', $2, true), set_config('app.granted_to', $3, true)", connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = scope.Tenant.Value.ToString() },
                new NpgsqlParameter<string> { TypedValue = scope.Communities.Setting },
                new NpgsqlParameter<string> { TypedValue = scope.GrantedTo?.Value.ToString() ?? "*" },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
