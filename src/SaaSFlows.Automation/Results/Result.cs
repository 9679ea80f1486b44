using System.Diagnostics.CodeAnalysis;

namespace SaaSFlows.Automation.Results;

/// <summary>What a use case answers: a value, or why not.</summary>
public sealed class Result<T>
    where T : notnull
{
    private readonly T? value;
    private readonly AutomationError? error;

    private Result(T? value, AutomationError? error) => (this.value, this.error) = (value, error);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(AutomationError error) => new(default, error);

    /// <summary>True with the value, false with the reason.</summary>
    public bool IsOk([NotNullWhen(true)] out T? ok, [NotNullWhen(false)] out AutomationError? failed)
    {
        ok = value;
        failed = error;
        return error is null;
    }

    public TAnswer Match<TAnswer>(Func<T, TAnswer> ok, Func<AutomationError, TAnswer> failed) => error is null ? ok(value!) : failed(error);
}
