using System.Globalization;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>What a client asks for through somebody's browser.</summary>
/// <param name="Parameters">By name.</param>
/// <param name="HasDuplicates">Something was said twice.</param>
public sealed record AuthorizationRequest(IReadOnlyDictionary<string, string> Parameters, bool HasDuplicates)
{
    /// <summary>Null for one that is absent or empty.</summary>
    public string? this[string name] => Parameters.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    internal IReadOnlyList<string> Prompts => (this["prompt"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How long ago the user may have signed in; null for any time.</summary>
    internal TimeSpan? MaxAge =>
        int.TryParse(this["max_age"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Whoever is signed in is to prove it again.</summary>
    internal bool WantsSignIn => Prompts.Contains("login") || Prompts.Contains("select_account") || MaxAge == TimeSpan.Zero;
}

/// <summary>What the browser is to do.</summary>
public abstract record AuthorizationAnswer
{
    // Private, so the nested cases below are the whole family.
    private AuthorizationAnswer() { }

    /// <summary>Calls the function of this case.</summary>
    public T Match<T>(Func<Refused, T> refused, Func<Back, T> back, Func<SignIn, T> signIn) =>
        this switch
        {
            Refused r => refused(r),
            Back b => back(b),
            SignIn s => signIn(s),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    /// <summary>Show this and lead nowhere: who asks may be anybody.</summary>
    public sealed record Refused(OAuthError Error) : AuthorizationAnswer;

    /// <summary>Go back to the client, with a code or an error.</summary>
    /// <param name="Location">One of the client's registered addresses, and the answer.</param>
    public sealed record Back(string Location) : AuthorizationAnswer
    {
        public override string ToString() => "***";
    }

    /// <summary>Let the user sign in, then come back.</summary>
    /// <param name="Again">Even if somebody is signed in.</param>
    /// <param name="ReturnTo">A path of this installation.</param>
    public sealed record SignIn(bool Again, string ReturnTo) : AuthorizationAnswer;
}
