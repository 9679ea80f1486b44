using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>How a database is prepared.</summary>
public sealed class MigratorOptions
{
    /// <summary>Passwords of the five login roles; null where the server asks for none (trust).</summary>
    public RolePasswords? Passwords { get; set; }

    /// <summary>The last migration that is applied, and no function: upgrades are tested from there.</summary>
    internal int LastVersion { get; set; } = int.MaxValue;

    /// <summary>The functions that are applied after all migrations.</summary>
    internal IReadOnlyList<SqlResource> Functions { get; set; } = Migrations.Functions.All;
}
