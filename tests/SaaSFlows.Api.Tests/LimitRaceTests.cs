namespace SaaSFlows.Api.Tests;

/// <summary>Limits of what a tenant may have hold also for those who ask for it all at the same moment.</summary>
public sealed class LimitRaceTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData("/api/v1/roles", 100, "role.too_many")]
    [InlineData("/api/v1/oauth-clients", 100, "oauth_client.too_many")]
    [InlineData("/api/v1/trusted-issuers", 20, "trusted_issuer.too_many")]
    [InlineData("/api/v1/invitations", 5, "invitation.too_many")]
    [InlineData("/api/v1/api-keys", 50, "api_key.too_many")]
    public async Task No_more_are_made_at_once_than_one_after_the_other(string route, int limit, string reason)
    {
        var owner = await host.RegisterAsync();
        var email = $"{Guid.NewGuid():N}@example.com";
        object Body(int number) =>
            route switch
            {
                "/api/v1/roles" => new { name = $"Role {number}", permissions = new[] { "read:workflows" } },
                "/api/v1/oauth-clients" => new { name = $"App {number}", redirect_uris = new[] { "https://app.example.com/cb" } },
                "/api/v1/trusted-issuers" => new
                {
                    name = $"Id {number}",
                    issuer = $"https://id{number}.example.com",
                    audience = "us",
                    permissions = new[] { "read:workflows" },
                },
                "/api/v1/invitations" => new { email, role = "viewer" },
                _ => new { name = $"Key {number}" },
            };

        var answers = await Task.WhenAll(Enumerable.Range(0, limit + 20).Select(number => owner.PostAsync(route, Body(number))));

        Assert.Equal(limit, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((409, reason), (answer.Status, answer.Reason)));
    }
}
