namespace SaaSFlows.Postgres.Sql;

/// <summary>SQL that lives in a resource beside the class that runs it.</summary>
internal static class SqlText
{
    /// <summary>The text of <c>name.sql</c> in the folder of <paramref name="neighbour"/>.</summary>
    public static string Load(Type neighbour, string name)
    {
        using var stream =
            neighbour.Assembly.GetManifestResourceStream($"{neighbour.Namespace}.{name}.sql")
            ?? throw new InvalidOperationException($"There is no {name}.sql beside {neighbour.Name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
