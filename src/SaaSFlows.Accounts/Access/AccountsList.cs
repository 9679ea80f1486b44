namespace SaaSFlows.Accounts.Access;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items of the page.</param>
/// <param name="Total">The total number.</param>
public sealed record AccountsList<T>(IReadOnlyList<T> Items, long Total);
