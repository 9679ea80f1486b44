using SaaSFlows.Accounts.Access.Licensing;

namespace SaaSFlows.Accounts.Access;

/// <summary>The expected failures of this module.</summary>
public abstract record AccountsError
{
    // Private, so the nested cases below are the whole family.
    private AccountsError(string code, string message) => (Code, Message) = (code, message);

    /// <summary>Stable, lower-case, dotted.</summary>
    public string Code { get; }

    /// <summary>The message for the user. It contains no secret.</summary>
    public string Message { get; }

    /// <summary>Calls the function of this case.</summary>
    public T Match<T>(
        Func<Invalid, T> invalid,
        Func<EmailTaken, T> emailTaken,
        Func<WrongCredentials, T> wrongCredentials,
        Func<TooManyAttempts, T> tooManyAttempts,
        Func<TokenRefused, T> tokenRefused,
        Func<PermissionDenied, T> permissionDenied,
        Func<TenantClosed, T> tenantClosed,
        Func<LicenceExceeded, T> licenceExceeded,
        Func<NotFound, T> notFound,
        Func<Conflict, T> conflict,
        Func<Unauthenticated, T> unauthenticated,
        Func<SessionNeeded, T> sessionNeeded,
        Func<SecondFactorNeeded, T> secondFactorNeeded
    ) =>
        this switch
        {
            Invalid e => invalid(e),
            EmailTaken e => emailTaken(e),
            WrongCredentials e => wrongCredentials(e),
            TooManyAttempts e => tooManyAttempts(e),
            TokenRefused e => tokenRefused(e),
            PermissionDenied e => permissionDenied(e),
            TenantClosed e => tenantClosed(e),
            LicenceExceeded e => licenceExceeded(e),
            NotFound e => notFound(e),
            Conflict e => conflict(e),
            Unauthenticated e => unauthenticated(e),
            SessionNeeded e => sessionNeeded(e),
            SecondFactorNeeded e => secondFactorNeeded(e),
            _ => throw new InvalidOperationException("The family is closed."),
        };

    /// <summary>Invalid fields with their problems. The keys are the names on the wire.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Fields) : AccountsError("input.invalid", "Some fields have an invalid value.");

    public sealed record EmailTaken() : AccountsError("email.taken", "An account with this e-mail address exists already. Sign in instead.");

    /// <summary>
    /// Wrong credentials. The answer is the same for an unknown address and a wrong password, so that it does not reveal which accounts exist.
    /// </summary>
    public sealed record WrongCredentials()
        : AccountsError(
            "credentials.wrong",
            "The e-mail address or the password is wrong. After five wrong passwords in a row you have to wait, longer each time."
        );

    /// <summary>Too many wrong passwords for this account (existing or not) or from this address.</summary>
    /// <param name="RetryAfter">The time until the next attempt is checked.</param>
    public sealed record TooManyAttempts(TimeSpan RetryAfter)
        : AccountsError("sign_in.too_many_attempts", "There were too many wrong passwords. Wait a while, then try again.");

    /// <summary>The token is not ours, was altered or has expired, or is a refresh token that was used before.</summary>
    /// <param name="Kind">The kind of token.</param>
    public sealed record TokenRefused(string Kind = "access token")
        : AccountsError("token.refused", $"The {Kind} is missing, wrong, used up or expired. Sign in again.");

    /// <summary>The caller lacks a permission.</summary>
    /// <param name="Permission">The missing permission.</param>
    public sealed record PermissionDenied(string Permission, string Reason, string Explanation) : AccountsError(Reason, Explanation)
    {
        public PermissionDenied(string permission)
            : this(permission, "permission.denied", $"This needs the permission {permission}.") { }
    }

    /// <summary>The user has no active tenant, or the requested tenant is not active.</summary>
    /// <param name="Why">The message about the requested tenant; null for the general one.</param>
    public sealed record TenantClosed(string? Why = null)
        : AccountsError("tenant.closed", Why ?? "You have no active tenant. Ask its owner, or the operator of this installation.");

    /// <summary>The action exceeds the licence.</summary>
    /// <param name="Action">The refused action.</param>
    /// <param name="Limit">Workflows that the licence allows.</param>
    /// <param name="Used">Workflows that exist and are not archived.</param>
    public sealed record LicenceExceeded(LicensedAction Action, int Limit, long Used)
        : AccountsError(
            "licence.workflows_exceeded",
            $"The licence allows {Limit} workflows and {Used} exist. Archive some, or get a larger licence."
        );

    /// <summary>
    /// The object does not exist, belongs to another tenant, or is in a community that the caller can't see. The answer does not reveal which.
    /// </summary>
    /// <param name="What">The noun of the code and the message, in lower case.</param>
    public sealed record NotFound(string What) : AccountsError($"{What.Replace(' ', '_')}.not_found", $"No such {What}.");

    /// <summary>The current state does not allow the action.</summary>
    /// <param name="Reason">The code.</param>
    /// <param name="Advice">The message: the problem, and what to do.</param>
    public sealed record Conflict(string Reason, string Advice) : AccountsError(Reason, Advice);

    /// <summary>The credentials are not accepted, or not yet.</summary>
    /// <param name="Reason">The code.</param>
    /// <param name="Advice">The message: what to do.</param>
    public sealed record Unauthenticated(string Reason, string Advice) : AccountsError(Reason, Advice);

    /// <summary>The action changes credentials or leads to another tenant. Only a signed-in person may do that, not a key or a program.</summary>
    public sealed record SessionNeeded()
        : AccountsError("session.needed", "This needs a sign-in with your own password. API keys and tokens of programs are refused.");

    /// <summary>The password was right; the code of the second factor is needed next.</summary>
    /// <param name="Challenge">A secret that must come back with the code.</param>
    /// <param name="ExpiresIn">The lifetime of the challenge.</param>
    public sealed record SecondFactorNeeded(string Challenge, TimeSpan ExpiresIn)
        : AccountsError("totp.required", "Enter the code that your authenticator app shows.")
    {
        public override string ToString() => "***";
    }
}
