using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Tests.Identity;

public sealed class RefreshTokenTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        var token = RefreshToken.New();

        Assert.Equal(token.Hash, RefreshToken.Parse(token.Text)!.Hash);
    }

    // The last letter of 86 has four bits that must be zero.
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!A")]
    [InlineData("éAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_token_is_none(string? text) => Assert.Null(RefreshToken.Parse(text));
}
