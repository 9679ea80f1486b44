using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Api.Wire;

/// <summary>Writes envelopes.</summary>
internal static class Answers
{
    public static IResult Ok<T>(T data, string? message = null) => Results.Json(new Success<T>(message, data));

    public static IResult Created<T>(T data, string message) => Results.Json(new Success<T>(message, data), statusCode: StatusCodes.Status201Created);

    public static IResult Accepted<T>(T data, string message) =>
        Results.Json(new Success<T>(message, data), statusCode: StatusCodes.Status202Accepted);

    public static IResult List<TItem, TBody>(Page<TItem> page, Func<TItem, TBody> body, string? message = null)
    {
        var request = page.Request;
        var pages = (page.Total + request.Size - 1) / request.Size;
        var pagination = new Pagination(request.Number, request.Size, page.Total, pages, request.Number < pages, request.Number > 1);
        return Results.Json(new Success<IReadOnlyList<TBody>>(message, [.. page.Items.Select(body)], new PageMeta(pagination)));
    }

    public static IResult List<TItem, TBody>(AccountsList<TItem> part, PageRequest page, Func<TItem, TBody> body) =>
        List(new Page<TItem>(part.Items, page, part.Total), body);

    public static IResult Error(ErrorCode code, string reason, string message, params (string Name, object? Value)[] details) =>
        new Refusal(code, message, Details(reason, details));

    /// <summary>429 with <c>Retry-After</c> in whole seconds.</summary>
    public static IResult RetryLater(string reason, string message, TimeSpan wait) => RetryLater(ErrorCode.RateLimitExceeded, reason, message, wait);

    /// <summary>The same with another code.</summary>
    public static IResult RetryLater(ErrorCode code, string reason, string message, TimeSpan wait, params (string Name, object? Value)[] details)
    {
        var seconds = (long)Math.Ceiling(wait.TotalSeconds);
        return new Refusal(code, message, Details(reason, [("retry_after", seconds), .. details])) { RetryAfter = seconds };
    }

    public static IResult FieldErrors(string reason, IReadOnlyDictionary<string, string> fields) =>
        Error(
            ErrorCode.BadRequest,
            reason,
            string.Join(" ", fields.Select(field => $"{field.Key}: {field.Value}")),
            ("errors", fields.ToDictionary(field => field.Key, field => new[] { field.Value }))
        );

    private static Dictionary<string, object?> Details(string reason, (string Name, object? Value)[] details)
    {
        var all = new Dictionary<string, object?> { ["reason"] = reason };
        foreach (var (name, value) in details)
        {
            all[name] = value;
        }

        return all;
    }
}
