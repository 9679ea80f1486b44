using Npgsql;

namespace SaaSFlows.Postgres.Sql;

/// <summary>What the parameters of a statement are in one execution of it. Rows go as one array for each column, which unnest takes.</summary>
internal sealed class Arguments(Statement statement)
{
    private readonly NpgsqlParameter?[] _parameters = new NpgsqlParameter?[statement.Places.Count];

    /// <exception cref="KeyNotFoundException">The statement has no parameter of this name.</exception>
    public void Value<T>(string name, T value) => _parameters[statement.Places[name] - 1] = new NpgsqlParameter<T> { TypedValue = value };

    /// <exception cref="KeyNotFoundException">The statement has no parameter of this name.</exception>
    public void Column<TRow, T>(string name, IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        Value(name, column);
    }

    /// <exception cref="InvalidOperationException">One of them is missing.</exception>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        for (var place = 0; place < _parameters.Length; place++)
        {
            parameters.Add(
                _parameters[place]
                    ?? throw new InvalidOperationException($"Parameter {statement.Places.First(p => p.Value == place + 1).Key} is missing.")
            );
        }
    }
}
