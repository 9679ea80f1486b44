using System.Diagnostics.CodeAnalysis;

namespace SaaSFlows.Automation.Results;

/// <summary>The result of a use case: a value or an error.</summary>
public sealed class Result<T>
    where T : notnull
{
    private readonly T? value;
    private readonly AutomationError? error;

    private Result(T? value, AutomationError? error) => (this.value, this.error) = (value, error);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(AutomationError error) => new(default, error);

    /// <summary>Returns true with the value, or false with the error.</summary>
    public bool IsOk([NotNullWhen(true)] out T? ok, [NotNullWhen(false)] out AutomationError? failed)
    {
        ok = value;
        failed = error;
        return error is null;
    }

    public TAnswer Match<TAnswer>(Func<T, TAnswer> ok, Func<AutomationError, TAnswer> failed) => error is null ? ok(value!) : failed(error);
}
