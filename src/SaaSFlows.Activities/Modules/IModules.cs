using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Modules;

/// <summary>Finds registered services.</summary>
public interface IModules
{
    /// <summary>
    /// A service of this name that the execution's community may call. Healthy ones come first; other tries get other ones where there are several.
    /// </summary>
    /// <param name="version">Null for any.</param>
    /// <param name="attempt">1 for the first try.</param>
    ValueTask<ModuleChoice> ChooseAsync(ExecutionRef execution, string name, string? version, int attempt, CancellationToken ct);
}

/// <summary>Which service is to be called. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ModuleChoice
{
    // Private, so the nested cases below are the whole family.
    private ModuleChoice() { }

    public T Match<T>(Func<Found, T> found, Func<Failed, T> failed) =>
        this switch
        {
            Found choice => found(choice),
            Failed choice => failed(choice),
            _ => throw new InvalidOperationException("The family of module choices is closed."),
        };

    /// <param name="Address">Absolute, http or https.</param>
    public sealed record Found(Uri Address) : ModuleChoice;

    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author.</param>
    /// <param name="Retryable">Whether trying again can help.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : ModuleChoice;
}
