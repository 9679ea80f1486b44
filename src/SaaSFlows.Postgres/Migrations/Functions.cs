using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>
/// Brings the functions of a database to the texts of this program. Each function has a file of its own, which replaces it and grants it again.
/// </summary>
internal static partial class Functions
{
    private const string History = """
        create table if not exists public.schema_functions (
            number integer generated always as identity primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now(),
            unique (name, checksum)
        )
        """;

    private const string Signatures = """
        select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname || '.' || p.proname = $1
        """;

    private const string Savepoint = "function";

    /// <summary>The functions of this program; a name is <c>schema.function</c>.</summary>
    public static IReadOnlyList<SqlResource> All { get; } = SqlResource.In("Functions");

    /// <summary>Applies the texts that the database does not have, all or none of them. The caller holds the lock of migrations.</summary>
    /// <exception cref="MigrationException">A text is older than what the database has, or the server refuses it.</exception>
    public static async Task ApplyAsync(NpgsqlConnection owner, IReadOnlyList<SqlResource> functions, ILogger logger, CancellationToken ct)
    {
        await Roles.RunAsync(owner, History, ct);
        var missing = await FindMissingAsync(owner, functions, ct);
        if (missing.Count == 0)
        {
            return;
        }

        await using var transaction = await owner.BeginTransactionAsync(ct);
        await ApplyInOrderAsync(transaction, missing, ct);
        await transaction.CommitAsync(ct);
        Log.Applied(logger, missing.Count);
    }

    private static async Task<List<SqlResource>> FindMissingAsync(NpgsqlConnection owner, IReadOnlyList<SqlResource> functions, CancellationToken ct)
    {
        var applied = new Dictionary<string, List<string>>();
        await using (var command = new NpgsqlCommand("select name, checksum from public.schema_functions order by number", owner))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var name = reader.GetString(0);
                applied.TryAdd(name, []);
                applied[name].Add(reader.GetString(1));
            }
        }

        var old = functions.FirstOrDefault(f => applied.TryGetValue(f.Name, out var texts) && texts.SkipLast(1).Contains(f.Checksum));
        return old is null
            ? [.. functions.Where(f => applied.GetValueOrDefault(f.Name)?[^1] != f.Checksum)]
            : throw new MigrationException(
                $"The database has a newer text of the function {old.Name} than this program: it belongs to a newer version. "
                    + "To bring an earlier text back, change it: a comment is enough."
            );
    }

    // A function may need another one that comes later: it is put back and tried again, as long as others are applied meanwhile.
    private static async Task ApplyInOrderAsync(NpgsqlTransaction transaction, List<SqlResource> missing, CancellationToken ct)
    {
        var left = new Queue<SqlResource>(missing);
        for (var refused = 0; left.TryDequeue(out var function); )
        {
            try
            {
                await ReplaceAsync(transaction, function, ct);
                await RecordAsync(transaction.Connection!, function, ct);
                refused = 0;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedFunction && refused < left.Count)
            {
                await transaction.RollbackAsync(Savepoint, ct);
                left.Enqueue(function);
                refused++;
            }
            catch (PostgresException e)
            {
                throw new MigrationException($"The function {function.Name} could not be applied: {e.MessageText}", e);
            }
        }
    }

    private static async Task ReplaceAsync(NpgsqlTransaction transaction, SqlResource function, CancellationToken ct)
    {
        var owner = transaction.Connection!;
        var present = await SignaturesAsync(owner, function, ct);
        await transaction.SaveAsync(Savepoint, ct);
        try
        {
            foreach (var signature in present)
            {
                // What the file does not grant is not granted.
                await RunAsync(owner, $"revoke all on function {signature} from {string.Join(", ", RoleNames.All.Except([RoleNames.Owner]))}", ct);
            }

            await RunAsync(owner, function.Sql, ct);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.InvalidFunctionDefinition or PostgresErrorCodes.AmbiguousFunction && present.Count > 0)
        {
            // Its parameters or its result are others than before: it can't replace the old one, or stands beside it.
            await transaction.RollbackAsync(Savepoint, ct);
            foreach (var signature in present)
            {
                await RunAsync(owner, $"drop function {signature}", ct);
            }

            await RunAsync(owner, function.Sql, ct);
        }

        if ((await SignaturesAsync(owner, function, ct)).Count != 1)
        {
            throw new MigrationException($"The file of the function {function.Name} must create it, once.");
        }
    }

    private static async Task<List<string>> SignaturesAsync(NpgsqlConnection owner, SqlResource function, CancellationToken ct)
    {
        var signatures = new List<string>();
        await using var command = new NpgsqlCommand(Signatures, owner) { Parameters = { new() { Value = function.Name } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            signatures.Add(reader.GetString(0));
        }

        return signatures;
    }

    private static async Task RecordAsync(NpgsqlConnection owner, SqlResource function, CancellationToken ct)
    {
        await using var record = new NpgsqlCommand("insert into public.schema_functions (name, checksum) values ($1, $2)", owner)
        {
            Parameters =
            {
                new() { Value = function.Name },
                new() { Value = function.Checksum },
            },
        };
        await record.ExecuteNonQueryAsync(ct);
    }

    private static async Task RunAsync(NpgsqlConnection owner, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Applied {Count} functions")]
        public static partial void Applied(ILogger logger, int count);
    }
}
