namespace SaaSFlows.Host.Configuration;

/// <summary>How many executions a process runs at the same time where nobody says otherwise.</summary>
internal static class MachineSlots
{
    // Two full group commits for each core: one is written while the other is filled. More would only wait in another place.
    private const int PerCore = 128;

    // What an execution may hold at its limits is more, what one holds is a hundredth of it.
    private const long BytesEach = 8 * 1024 * 1024;
    private const int Fewest = 32;

    /// <param name="cores">That this process may use.</param>
    /// <param name="memory">Bytes that this process may use: a container's limit, else the machine's.</param>
    public static int For(int cores, long memory) => (int)Math.Clamp(memory / BytesEach, Fewest, Math.Max(Fewest, (long)cores * PerCore));
}
