namespace SaaSFlows.Postgres.Tenancy;

/// <summary>The five login roles of an installation.</summary>
internal static class RoleNames
{
    public const string Owner = "saasflows_owner";
    public const string App = "saasflows_app";
    public const string Engine = "saasflows_engine";
    public const string Lookup = "saasflows_lookup";
    public const string Jobs = "saasflows_jobs";

    public static readonly IReadOnlyList<string> All = [Owner, App, Engine, Lookup, Jobs];
}
