using Npgsql;
using SaaSFlows.Postgres.Sql;

namespace SaaSFlows.Postgres.Tests.Sql;

public sealed class StatementTests
{
    private readonly Statement statement = new("select :b::uuid, (:a_1::text[])[n], x::bigint -- note: this is none\nfrom unnest(:b)");

    [Fact]
    public void Names_become_numbers_and_casts_stay()
    {
        Assert.Equal("select $1::uuid, ($2::text[])[n], x::bigint -- note: this is none\nfrom unnest($1)", statement.Text);
    }

    [Fact]
    public void Arguments_go_to_their_places()
    {
        var arguments = new Arguments(statement);
        arguments.Column("a_1", ["x", "yy"], text => text.Length);
        arguments.Value("b", true);
        using var command = new NpgsqlCommand();
        arguments.AddTo(command.Parameters);
        Assert.Equal(true, command.Parameters[0].Value);
        Assert.Equal([1, 2], Assert.IsType<int[]>(command.Parameters[1].Value));
    }

    [Fact]
    public void A_missing_or_unknown_argument_is_told_by_its_name()
    {
        var arguments = new Arguments(statement);
        arguments.Value("b", true);
        using var command = new NpgsqlCommand();
        Assert.Contains("a_1", Assert.Throws<InvalidOperationException>(() => arguments.AddTo(command.Parameters)).Message, StringComparison.Ordinal);
        Assert.Contains("c", Assert.Throws<KeyNotFoundException>(() => arguments.Value("c", 1)).Message, StringComparison.Ordinal);
    }
}
