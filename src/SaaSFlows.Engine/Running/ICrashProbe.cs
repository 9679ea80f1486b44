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
}

/// <summary>Told when a crash point is reached; does nothing outside of tests.</summary>
public interface ICrashProbe
{
    void Reached(CrashPoint point);
}
