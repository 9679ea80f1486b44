using System.Globalization;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using Xunit;

namespace SaaSFlows.TestKit;

/// <summary>
/// A migrated database of a test class's own: <c>public sealed class XTests(TestDatabase database) : IClassFixture&lt;TestDatabase&gt;</c>.
/// It can also be made by hand (<c>await using</c>, <see cref="InitializeAsync"/>), for a test that spoils its database.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static int _count;
    private string _server = "";

    /// <summary>The database's name on the server.</summary>
    public string Name { get; } =
        string.Create(CultureInfo.InvariantCulture, $"t_{Environment.ProcessId}_{Interlocked.Increment(ref _count)}_{Random.Shared.Next():x8}");

    /// <summary>Connects a superuser: it sees all rows, so a test must not use it where it means a role of the product.</summary>
    public string AdminConnectionString { get; private set; } = "";

    /// <summary>The five login roles' connections to this database.</summary>
    public RoleConnections Roles { get; private set; } = new("", "", "", "", "");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.AdminConnectionStringAsync(CancellationToken.None);
        var template = await TestServer.TemplateAsync(CancellationToken.None);

        // Cloning files beats replaying the log when many classes start together.
        await TestServer.ExecuteAsync(_server, $"create database {Name} template {template} strategy file_copy");
        AdminConnectionString = new NpgsqlConnectionStringBuilder(_server) { Database = Name }.ConnectionString;
        Roles = RoleConnections.From(AdminConnectionString, passwords: null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (AdminConnectionString.Length == 0)
        {
            return;
        }

        foreach (var pool in new[] { AdminConnectionString, Roles.App, Roles.Engine, Roles.Lookup, Roles.Jobs })
        {
            await using var connection = new NpgsqlConnection(pool);
            NpgsqlConnection.ClearPool(connection);
        }

        await TestServer.ExecuteAsync(_server, $"drop database if exists {Name} with (force)");
    }
}
