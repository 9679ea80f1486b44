using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Approvals;

/// <summary>Asks people for decisions.</summary>
public interface IApprovals
{
    /// <summary>
    /// Shows a question to those who may decide. A second call with the same key asks nothing again: the first question stays, its decision goes
    /// to the bookmark named last.
    /// </summary>
    ValueTask<ApprovalOpening> OpenAsync(ExecutionRef execution, ApprovalQuestion question, CancellationToken ct);
}

/// <summary>What is asked.</summary>
/// <param name="Bookmark">Where the decision goes; it need not be open yet.</param>
/// <param name="Approvers">Roles (admin, editor, operator), e-mail addresses and ids of members.</param>
/// <param name="ExpiresAt">Null for never.</param>
public sealed record ApprovalQuestion(
    NodeId Node,
    BookmarkId Bookmark,
    string IdempotencyKey,
    string Message,
    IReadOnlyList<string> Approvers,
    DateTimeOffset? ExpiresAt
);

/// <summary>What became of a question. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ApprovalOpening
{
    // Private, so the nested cases below are the whole family.
    private ApprovalOpening() { }

    public T Match<T>(Func<Open, T> open, Func<Decided, T> decided, Func<Failed, T> failed) =>
        this switch
        {
            Open result => open(result),
            Decided result => decided(result),
            Failed result => failed(result),
            _ => throw new InvalidOperationException("The family of openings is closed."),
        };

    /// <param name="ExpiresAt">Of the question that is open: a repeated call does not prolong it.</param>
    public sealed record Open(DateTimeOffset? ExpiresAt) : ApprovalOpening;

    /// <summary>It was decided between two tries.</summary>
    /// <param name="Decision">As it would have reached the bookmark.</param>
    public sealed record Decided(JsonElement Decision) : ApprovalOpening;

    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author.</param>
    public sealed record Failed(string Code, string Message) : ApprovalOpening;
}
