using SaaSFlows.TestKit.Conformance;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class PostgresJournalConformanceTests(PostgresFixture postgres) : JournalConformance, IClassFixture<PostgresFixture>
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => PostgresStoreDriver.OpenAsync(postgres);
}

public sealed class PostgresQueueConformanceTests(PostgresFixture postgres) : ExecutionQueueConformance, IClassFixture<PostgresFixture>
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => PostgresStoreDriver.OpenAsync(postgres);
}
