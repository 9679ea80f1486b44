namespace SaaSFlows.Engine.Running;

/// <summary>Named places where a process may die; tests stop it at each.</summary>
public enum CrashPoint
{
    AfterAccept,
    AfterClaim,
    BeforeEffect,
    AfterEffect,
    BeforeAppend,
    AfterAppend,
    BeforeFinish,

    /// <summary>A child's end is recorded, its parent has not heard of it.</summary>
    BeforeTellParent,

    /// <summary>The child's result is in the parent's inbox, and it is not yet noted that the parent was told.</summary>
    AfterTellParent,
}

/// <summary>Told when a crash point is reached; does nothing outside of tests.</summary>
public interface ICrashProbe
{
    void Reached(CrashPoint point);
}
