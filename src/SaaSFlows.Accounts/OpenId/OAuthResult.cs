namespace SaaSFlows.Accounts.OpenId;

/// <summary>Why a client is refused, as RFC 6749 and OpenID Connect name it.</summary>
/// <param name="Code">The <c>error</c>.</param>
/// <param name="Description">For the client's developer; names no secret.</param>
public sealed record OAuthError(string Code, string Description)
{
    /// <summary>The client is not who it says.</summary>
    public const string InvalidClient = "invalid_client";

    internal static readonly OAuthError WrongClient = new(
        InvalidClient,
        "The client is unknown, or its secret is wrong or missing, or it has none and one came."
    );

    // One text for all reasons: which one it was helps thieves more than clients.
    internal static readonly OAuthError WrongGrant = new(
        "invalid_grant",
        "The code or refresh token is wrong, was used, has expired, or is another client's; or the user's membership has ended."
    );

    /// <summary>When it was wrong too often: until it is looked at again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    internal static OAuthError Request(string description) => new("invalid_request", description);
}

/// <summary>What a client gets: the value, or a refusal.</summary>
public abstract record OAuthResult<T>
{
    // Private, so the nested cases below are the whole family.
    private OAuthResult() { }

    public static implicit operator OAuthResult<T>(T value) => new Done(value);

    public static implicit operator OAuthResult<T>(OAuthError error) => new Failed(error);

    /// <summary>Calls the function of this case.</summary>
    public TOut Match<TOut>(Func<T, TOut> done, Func<OAuthError, TOut> failed) =>
        this switch
        {
            Done d => done(d.Value),
            Failed f => failed(f.Error),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    public sealed record Done(T Value) : OAuthResult<T>;

    public sealed record Failed(OAuthError Error) : OAuthResult<T>;
}
