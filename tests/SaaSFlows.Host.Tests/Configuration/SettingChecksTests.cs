using Microsoft.Extensions.Configuration;
using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host.Tests.Configuration;

/// <summary>A setting that would do nothing, or something else than it says, ends the start with a sentence.</summary>
public sealed class SettingChecksTests
{
    [Theory]
    [InlineData("Overload:MaxInFligth", "10", "There is no setting Overload:MaxInFligth. In Overload there are: BodyTime, BurstWait,")]
    [InlineData("Overload:BodyTime", "5", "Overload:BodyTime must be a time such as 00:00:05 (hours:minutes:seconds), not 5, which would be days.")]
    public void Settings_that_would_be_passed_over_or_misread_are_refused(string name, string value, string beginning) =>
        Assert.StartsWith(beginning, Assert.Throws<SettingException>(() => Read(name, value).Overload()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Overload:BodyTime", "00:00:05")]
    [InlineData("overload:maxinflight", "10")]
    public void Others_are_read(string name, string value) => Assert.NotNull(Read(name, value).Overload());

    private static IConfiguration Read(string name, string value) => new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();
}
