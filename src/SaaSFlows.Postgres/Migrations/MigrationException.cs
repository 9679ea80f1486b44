namespace SaaSFlows.Postgres.Migrations;

/// <summary>The database can't be brought to this program's schema. The message says what an operator has to do.</summary>
public sealed class MigrationException : Exception
{
    public MigrationException(string message)
        : base(message) { }

    public MigrationException(string message, Exception innerException)
        : base(message, innerException) { }

    public MigrationException() { }
}
