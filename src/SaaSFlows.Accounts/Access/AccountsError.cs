using SaaSFlows.Accounts.Access.Licensing;

namespace SaaSFlows.Accounts.Access;

/// <summary>Everything that can be expected to go wrong in this module.</summary>
public abstract record AccountsError
{
    // Private, so the nested cases below are the whole family.
    private AccountsError(string code, string message) => (Code, Message) = (code, message);

    /// <summary>Stable, lower-case, dotted.</summary>
    public string Code { get; }

    /// <summary>For the user; names no secret.</summary>
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

    /// <summary>Fields that can't be accepted, each with what is wrong; the keys are the wire's names.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Fields) : AccountsError("input.invalid", "Some fields have an invalid value.");

    public sealed record EmailTaken() : AccountsError("email.taken", "An account with this e-mail address exists already. Sign in instead.");

    /// <summary>The same for an unknown address and a wrong password: the answer tells nobody which accounts exist.</summary>
    public sealed record WrongCredentials()
        : AccountsError(
            "credentials.wrong",
            "The e-mail address or the password is wrong. After five wrong passwords in a row you have to wait, longer each time."
        );

    /// <summary>Too many wrong passwords for this account, which may exist or not, or from this address.</summary>
    /// <param name="RetryAfter">Until the next attempt is looked at.</param>
    public sealed record TooManyAttempts(TimeSpan RetryAfter)
        : AccountsError("sign_in.too_many_attempts", "There were too many wrong passwords. Wait a while, then try again.");

    /// <summary>Not one of our tokens, altered, or expired; a refresh token also if it was used before.</summary>
    /// <param name="Kind">Which token is meant.</param>
    public sealed record TokenRefused(string Kind = "access token")
        : AccountsError("token.refused", $"The {Kind} is missing, wrong, used up or expired. Sign in again.");

    /// <summary>The caller may not do this.</summary>
    /// <param name="Permission">What is missing.</param>
    public sealed record PermissionDenied(string Permission, string Reason, string Explanation) : AccountsError(Reason, Explanation)
    {
        public PermissionDenied(string permission)
            : this(permission, "permission.denied", $"This needs the permission {permission}.") { }
    }

    /// <summary>The user has no tenant that is active, or the tenant asked about is not.</summary>
    /// <param name="Why">What is known about the one that was asked for.</param>
    public sealed record TenantClosed(string? Why = null)
        : AccountsError("tenant.closed", Why ?? "You have no active tenant. Ask its owner, or the operator of this installation.");

    /// <summary>More would be used than the licence allows.</summary>
    /// <param name="Action">What was refused.</param>
    /// <param name="Limit">Workflows that the licence allows.</param>
    /// <param name="Used">Workflows that exist and are not archived.</param>
    public sealed record LicenceExceeded(LicensedAction Action, int Limit, long Used)
        : AccountsError(
            "licence.workflows_exceeded",
            $"The licence allows {Limit} workflows and {Used} exist. Archive some, or get a larger licence."
        );

    /// <summary>Unknown, another tenant's, or in a community that the caller does not see: the answer does not tell which.</summary>
    /// <param name="What">The noun of the code and the message, in lower case.</param>
    public sealed record NotFound(string What) : AccountsError($"{What.Replace(' ', '_')}.not_found", $"No such {What}.");

    /// <summary>Something that exists stands in the way.</summary>
    /// <param name="Reason">The code.</param>
    /// <param name="Advice">The message: what is in the way, and what to do.</param>
    public sealed record Conflict(string Reason, string Advice) : AccountsError(Reason, Advice);

    /// <summary>What came to prove who is calling does not, or not yet.</summary>
    /// <param name="Reason">The code.</param>
    /// <param name="Advice">The message: what to do.</param>
    public sealed record Unauthenticated(string Reason, string Advice) : AccountsError(Reason, Advice);

    /// <summary>
    /// Changes how somebody proves who they are, or leads out of the tenant that a key or a program was made for: only a person who has signed in may
    /// do that.
    /// </summary>
    public sealed record SessionNeeded()
        : AccountsError("session.needed", "This needs a sign-in with your own password. API keys and tokens of programs are refused.");

    /// <summary>The password was right; the code of the second factor is to follow.</summary>
    /// <param name="Challenge">A secret that must come back with the code.</param>
    /// <param name="ExpiresIn">How long that can be done.</param>
    public sealed record SecondFactorNeeded(string Challenge, TimeSpan ExpiresIn)
        : AccountsError("totp.required", "Enter the code that your authenticator app shows.")
    {
        public override string ToString() => "***";
    }
}
