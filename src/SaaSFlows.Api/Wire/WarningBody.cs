using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Api.Wire;

/// <summary>A warning with its place.</summary>
/// <param name="Position">Zero-based index in the field's text.</param>
/// <param name="Suggestion">What to write instead.</param>
internal sealed record WarningBody(string Code, string Message, string? NodeId, string? Field, int? Position, string? Suggestion)
{
    public static IReadOnlyList<WarningBody> Of(IEnumerable<ValidationWarning> warnings) =>
        [
            .. warnings.Select(warning => new WarningBody(
                warning.Code,
                warning.Message,
                warning.Node,
                warning.Field,
                warning.Position,
                warning.Suggestion
            )),
        ];
}
