using System.Text.Json.Serialization;

namespace SaaSFlows.Api.Wire;

/// <summary>What every successful answer looks like (seed 002).</summary>
/// <param name="Message">One sentence for people; absent where the seed shows none.</param>
public sealed record Success<T>(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message,
    T Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PageMeta? Meta = null
)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool IsSuccess { get; } = true;
}

/// <summary>What comes with a list.</summary>
public sealed record PageMeta(Pagination Pagination);

/// <summary>Where in the list this page lies. Pages are numbered from 1.</summary>
public sealed record Pagination(int Page, int PerPage, long Total, long TotalPages, bool HasNext, bool HasPrev);

/// <summary>What every refusal looks like (seed 002).</summary>
public sealed record Failure(ErrorBody Error)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool IsSuccess { get; } = false;
}

/// <summary>What refusals look like on paths without a version.</summary>
/// <param name="Detail">The error's message, where clients of documents 003 and 004 look for it.</param>
public sealed record BareFailure(string Detail, ErrorBody Error);

/// <summary>Why something was refused.</summary>
/// <param name="Code">One of the error codes of the reference.</param>
/// <param name="Details">Always has <c>reason</c>, the stable dotted code; <c>errors</c> holds one message per field.</param>
public sealed record ErrorBody(string Code, string Message, IReadOnlyDictionary<string, object?> Details);
