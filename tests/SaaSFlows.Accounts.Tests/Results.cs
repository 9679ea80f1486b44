using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Tests;

internal static class Results
{
    public static T Value<T>(this AccountsResult<T> result) =>
        result.Match(value => value, error => throw new InvalidOperationException($"Refused: {error}"));

    public static AccountsError Error<T>(this AccountsResult<T> result) =>
        result.Match(value => throw new InvalidOperationException($"Not refused: {value}"), error => error);

    public static bool IsDone<T>(this AccountsResult<T> result) => result.Match(_ => true, _ => false);
}
