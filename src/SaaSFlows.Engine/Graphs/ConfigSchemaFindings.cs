namespace SaaSFlows.Engine.Graphs;

/// <summary>Collects what a check finds.</summary>
internal sealed class ConfigSchemaFindings
{
    // Of a check with a limit: nobody reads more, and each one costs memory.
    private const int MostErrors = 100;

    public List<ConfigSchemaProblem> Errors { get; } = [];

    public List<ConfigSchemaProblem> Warnings { get; } = [];

    public List<ConfigSchemaName> Names { get; } = [];

    /// <summary>How many checks there may still be, over all branches; null for any number.</summary>
    public StepCount? StepsLeft { get; init; }

    /// <param name="path">The field; empty for the configuration as a whole.</param>
    /// <param name="complaint">The rest of the sentence that begins with the field's name.</param>
    public void Error(string path, string complaint)
    {
        if (StepsLeft is null || Errors.Count < MostErrors)
        {
            Errors.Add(new ConfigSchemaProblem(path, $"{Subject(path)} {complaint}.") { Complaint = $"{complaint}." });
        }
    }

    /// <summary>False if there are none left.</summary>
    public bool Spend(int steps) => StepsLeft is null || (StepsLeft.Value -= steps) >= 0;

    public void Warning(string path, string message) => Warnings.Add(new ConfigSchemaProblem(path, message));

    public void AddRange(ConfigSchemaFindings other)
    {
        Errors.AddRange(other.Errors);
        Warnings.AddRange(other.Warnings);
        Names.AddRange(other.Names);
    }

    /// <summary>A number that several findings share.</summary>
    internal sealed class StepCount(int value)
    {
        public int Value { get; set; } = value;
    }

    private static string Subject(string path) => path.Length == 0 ? "config" : $"'{path}'";
}
