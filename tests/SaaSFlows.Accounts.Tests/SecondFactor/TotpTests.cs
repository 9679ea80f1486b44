using SaaSFlows.Accounts.Identity.SecondFactor.Internal;

namespace SaaSFlows.Accounts.Tests.SecondFactor;

public sealed class TotpTests
{
    private static readonly byte[] _secret = [.. "12345678901234567890"u8];

    // RFC 6238, appendix B, its last six digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_rfc(long seconds, string code) =>
        Assert.Equal(seconds / 30, Totp.StepOf(_secret, code, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public void A_clock_may_be_one_step_off(int seconds, bool isAccepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111109 + seconds);

        Assert.Equal(isAccepted ? 1111111109 / 30 : null, Totp.StepOf(_secret, "081804", now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("81804")]
    [InlineData("0818040")]
    [InlineData("08180a")]
    [InlineData("０８１８０４")]
    public void What_is_no_code_is_of_no_step(string code) => Assert.Null(Totp.StepOf(_secret, code, DateTimeOffset.FromUnixTimeSeconds(1111111109)));

    [Fact]
    public void Secrets_are_written_as_apps_read_them() => Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Encode(_secret));
}
