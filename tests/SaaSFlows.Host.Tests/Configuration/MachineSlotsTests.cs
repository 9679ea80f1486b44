using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host.Tests.Configuration;

public sealed class MachineSlotsTests
{
    [Theory]
    [InlineData(2, 24L << 30, 256)]
    [InlineData(16, 64L << 30, 2_048)]
    [InlineData(16, 2L << 30, 256)]
    [InlineData(1, 128L << 20, 32)]
    [InlineData(64, 0, 32)]
    public void Slots_follow_cores_as_far_as_memory_goes(int cores, long memory, int slots) => Assert.Equal(slots, MachineSlots.For(cores, memory));
}
