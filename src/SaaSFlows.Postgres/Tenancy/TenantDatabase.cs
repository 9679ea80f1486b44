using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>The only way to a tenant's tables: each call is one transaction that sees one tenant.</summary>
public sealed class TenantDatabase
{
    // A deadlock ends with one of its transactions; those that are done again meet no more than a few others.
    private const int MostAttempts = 5;

    private readonly IDbContextFactory<AppDb> _contexts;
    private readonly PostgresPools _pools;

    internal TenantDatabase(IDbContextFactory<AppDb> contexts, PostgresPools pools)
    {
        _contexts = contexts;
        _pools = pools;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction; commits when it returns, rolls back when it throws. Of a deadlock's victim it is run again, so
    /// it changes nothing but the database.
    /// </summary>
    /// <exception cref="StaleRowException">A row was changed between the reading and the writing of it.</exception>
    public Task<T> RunAsync<T>(TenantScope scope, Func<AppDb, CancellationToken, Task<T>> work, CancellationToken ct) =>
        RetryAsync(scope.Tenant, () => RunOnceAsync(scope, work, ct), ct);

    private async Task<T> RunOnceAsync<T>(TenantScope scope, Func<AppDb, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        await using var db = await _contexts.CreateDbContextAsync(ct);
        db.Enter(scope);
        try
        {
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            _pools.App.Take(connection);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await SetAsync(connection, scope, ct);
            var result = await work(db, ct);
            await transaction.CommitAsync(ct);
            return result;
        }
        catch (DbUpdateConcurrencyException error)
        {
            throw new StaleRowException(error);
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
            ct
        );

    /// <summary>The same for plain SQL, such as reads of executions and journals.</summary>
    public Task<T> QueryAsync<T>(TenantScope scope, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) =>
        RetryAsync(scope.Tenant, () => QueryOnceAsync(scope, work, ct), ct);

    private async Task<T> QueryOnceAsync<T>(TenantScope scope, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await _pools.App.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SetAsync(connection, scope, ct);
        var result = await work(connection, ct);
        await transaction.CommitAsync(ct);
        return result;
    }

    private async Task<T> RetryAsync<T>(TenantId tenant, Func<Task<T>> attempt, CancellationToken ct)
    {
        _pools.App.DemandFree();
        await _pools.AppPlaces.EnterAsync(tenant, ct);
        try
        {
            return await RetryAsync(attempt);
        }
        finally
        {
            _pools.AppPlaces.Leave(tenant);
        }
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> attempt)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt();
            }
            catch (Exception error) when (number < MostAttempts && error.IsWorthRetrying())
            {
                // The next attempt sees what the others have done.
            }
        }
    }

    // Npgsql sends BEGIN together with the first statement, so this costs no round trip of its own beyond it.
    private static async Task SetAsync(NpgsqlConnection connection, TenantScope scope, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select set_config('app.tenant_id', $1, true), set_config('app.community_ids', $2, true), set_config('app.granted_to', $3, true)",
            connection
        )
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
