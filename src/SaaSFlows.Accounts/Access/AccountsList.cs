namespace SaaSFlows.Accounts.Access;

/// <summary>A part of a list.</summary>
/// <param name="Items">The part that was asked for.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record AccountsList<T>(IReadOnlyList<T> Items, long Total);
