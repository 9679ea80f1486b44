namespace SaaSFlows.Postgres.Queueing;

/// <summary>What became of a fact. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record DeliverVerdict
{
    // Private, so the nested cases below are the whole family.
    private DeliverVerdict() { }

    public T Match<T>(Func<Delivered, T> delivered, Func<NotFound, T> notFound, Func<AlreadyEnded, T> alreadyEnded) =>
        this switch
        {
            Delivered verdict => delivered(verdict),
            NotFound verdict => notFound(verdict),
            AlreadyEnded verdict => alreadyEnded(verdict),
            _ => throw new InvalidOperationException("The family of verdicts is closed."),
        };

    /// <param name="Number">The fact's number within the execution.</param>
    public sealed record Delivered(long Number) : DeliverVerdict;

    /// <summary>No such execution, or another tenant's.</summary>
    public sealed record NotFound : DeliverVerdict;

    /// <summary>It is over: nothing was stored.</summary>
    public sealed record AlreadyEnded : DeliverVerdict;
}
