using SaaSFlows.Accounts.SecondFactor.Internal;

namespace SaaSFlows.Accounts.Tests.SecondFactor;

public sealed class TotpTests
{
    // RFC 6238, appendix B, its last six digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_rfc(long seconds, string code) => Assert.Equal(code, Totp.CodeAt("12345678901234567890"u8, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_clock_may_be_one_step_off(int seconds, bool isAccepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_010);
        var secret = Totp.NewSecret();

        Assert.Equal(isAccepted, Totp.StepOf(secret, Totp.CodeAt(secret, now.AddSeconds(seconds)), now) is not null);
    }

    [Fact]
    public void Secrets_are_written_as_apps_read_them() => Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Encode("12345678901234567890"u8));
}
