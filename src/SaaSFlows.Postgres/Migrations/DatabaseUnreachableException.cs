namespace SaaSFlows.Postgres.Migrations;

/// <summary>A start has no database. The message is a sentence for operators; it holds no password.</summary>
public sealed class DatabaseUnreachableException : Exception
{
    internal DatabaseUnreachableException(string message)
        : base(message) { }
}
