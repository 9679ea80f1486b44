using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;

namespace SaaSFlows.Benchmarks;

/// <summary>What the machine can do at most: an execution row and four journal rows for each call, without engine, tenants or fences.</summary>
internal static class FloorBenchmark
{
    private const string Database = "floor";

    private const string Schema = """
        create table executions (id uuid primary key, tenant_id bigint not null, workflow_id uuid not null, status smallint not null,
            input bytea, output bytea, created_at timestamptz not null, finished_at timestamptz);
        create index on executions (tenant_id, workflow_id, created_at);
        create table journal (execution_id uuid not null, seq integer not null, node text not null, payload bytea, at timestamptz not null,
        primary key (execution_id, seq));
        create table plain (id bigserial primary key, body text);
        create table plain_journal (id bigserial primary key, execution_id bigint, node text, body text);
        insert into plain (body) select repeat('x', 150) from generate_series(1, 100000);
        """;

    private const string InsertSql = "insert into plain (body) values (repeat('x', 150));\n";

    private const string FiveSql = """
        \set id random(1, 100000)
        begin;
        insert into plain_journal (execution_id, node, body) select :id, 'node', repeat('x', 150) from generate_series(1, 4);
        update plain set body = repeat('y', 150) where id = :id;
        commit;

        """;

    public static async Task<int> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        await server.ExecuteAsync(Database, Schema);
        await GroupCommitAsync(server);
        await PgBenchAsync(server, "insert a row, commit", InsertSql);
        await PgBenchAsync(server, "insert 4 rows and update one, commit", FiveSql);
        return 0;
    }

    private static async Task GroupCommitAsync(BenchServer server)
    {
        await using var source = NpgsqlDataSource.Create(server.Admin(Database));
        var writer = new Writer(source);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost(
            "/",
            async (HttpContext http) =>
            {
                using var memory = new MemoryStream();
                await http.Request.Body.CopyToAsync(memory);
                var execution = Execution.Run(memory.ToArray());
                await writer.WriteAsync(execution);
                http.Response.ContentType = "application/json";
                await http.Response.Body.WriteAsync(execution.Output);
            }
        );
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());
        await Load.RunAsync(address, 16, TimeSpan.FromSeconds(5));
        foreach (var connections in new[] { 1, 16, 64 })
        {
            Conditions.Say(
                $"floor    {connections, 3} connections {await Load.RunAsync(address, connections, TimeSpan.FromSeconds(10))}, load "
                    + $"{Conditions.Load()}"
            );
        }

        await app.StopAsync();
    }

    private static async Task PgBenchAsync(BenchServer server, string name, string sql)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, sql);
        var admin = new NpgsqlConnectionStringBuilder(server.Admin(Database));
        var command = new ProcessStartInfo(
            "pgbench",
            ["-n", "-M", "prepared", "-c64", "-j2", "-T10", "-f", script, "-h", admin.Host!, "-p", $"{admin.Port}", "-U", admin.Username!, Database]
        )
        {
            RedirectStandardOutput = true,
        };
        command.Environment["PGPASSWORD"] = admin.Password;
        using var process = Process.Start(command)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(script);
        Conditions.Say(
            $"pgbench, 64 clients, {name}: {output.Split('\n').FirstOrDefault(line => line.StartsWith("tps", StringComparison.Ordinal))}, load "
                + $"{Conditions.Load()}"
        );
    }

    private sealed record Execution(Guid Id, byte[] Input, byte[] Output)
    {
        public static readonly string[] Nodes = ["set", "if", "set2", "end"];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static Execution Run(byte[] input)
        {
            var json = JsonNode.Parse(input)!.AsObject();
            json["total"] = json["amount"]!.DeepClone();
            json["greeting"] = "Hello " + json["name"];
            json["branch"] = (int)json["total"]! > 10 ? "large" : "small";
            return new(Guid.CreateVersion7(), input, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
        }
    }

    private sealed class Writer
    {
        private static readonly Guid _workflow = Guid.NewGuid();
        private readonly Channel<Execution> _waiting = Channel.CreateUnbounded<Execution>();

        public Writer(NpgsqlDataSource source)
        {
            for (var i = 0; i < 2; i++)
            {
                _ = Task.Run(() => DrainAsync(source));
            }
        }

        public Task WriteAsync(Execution execution)
        {
            _waiting.Writer.TryWrite(execution);
            return execution.Written.Task;
        }

        private async Task DrainAsync(NpgsqlDataSource source)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var batch = connection.CreateBatch();
            var executions = new NpgsqlBatchCommand(
                "insert into executions select i, 1, $2, 3, x, o, now(), now() from unnest($1, $3, $4) as t (i, x, o)"
            );
            var ids = Add(executions, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
            Add(executions, NpgsqlDbType.Uuid).Value = _workflow;
            var inputs = Add(executions, NpgsqlDbType.Array | NpgsqlDbType.Bytea);
            var outputs = Add(executions, NpgsqlDbType.Array | NpgsqlDbType.Bytea);
            var journal = new NpgsqlBatchCommand("insert into journal select i, s, n, p, now() from unnest($1, $2, $3, $4) as t (i, s, n, p)");
            var of = Add(journal, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
            var numbers = Add(journal, NpgsqlDbType.Array | NpgsqlDbType.Integer);
            var nodes = Add(journal, NpgsqlDbType.Array | NpgsqlDbType.Text);
            var payloads = Add(journal, NpgsqlDbType.Array | NpgsqlDbType.Bytea);
            batch.BatchCommands.Add(executions);
            batch.BatchCommands.Add(journal);
            await batch.PrepareAsync();

            var taken = new List<Execution>();
            while (await _waiting.Reader.WaitToReadAsync())
            {
                taken.Clear();
                while (taken.Count < 256 && _waiting.Reader.TryRead(out var one))
                {
                    taken.Add(one);
                }

                if (taken.Count == 0)
                {
                    continue;
                }

                (ids.Value, inputs.Value, outputs.Value) = (
                    taken.Select(e => e.Id).ToArray(),
                    taken.Select(e => e.Input).ToArray(),
                    taken.Select(e => e.Output).ToArray()
                );
                of.Value = taken.SelectMany(e => Execution.Nodes, (e, _) => e.Id).ToArray();
                numbers.Value = taken.SelectMany(_ => Enumerable.Range(0, 4)).ToArray();
                nodes.Value = taken.SelectMany(_ => Execution.Nodes).ToArray();
                payloads.Value = taken.SelectMany(_ => Execution.Nodes, (e, _) => e.Output).ToArray();
                await batch.ExecuteNonQueryAsync();
                taken.ForEach(e => e.Written.SetResult());
            }
        }

        private static NpgsqlParameter Add(NpgsqlBatchCommand command, NpgsqlDbType type) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
    }
}
