namespace SaaSFlows.Api.Tests;

/// <summary>One name for a request, from its caller to our logs and back.</summary>
public sealed class CorrelationTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("X-Correlation-ID")]
    [InlineData("X-Request-ID")]
    public async Task What_the_caller_calls_a_request_comes_back_in_headers_and_errors(string header)
    {
        var answer = await SendAsync("/api/v1/no-such-route", (header, "order-4711:a/b"));

        Assert.Equal("order-4711:a/b", Header(answer, "X-Correlation-ID"));
        Assert.Equal("order-4711:a/b", Header(answer, "X-Request-ID"));
        Assert.Equal("order-4711:a/b", answer.Details.GetProperty("correlation_id").GetString());
    }

    [Fact]
    public async Task The_correlation_id_wins_over_the_request_id()
    {
        Assert.Equal("a", Header(await SendAsync("/health", ("X-Request-ID", "b"), ("X-Correlation-ID", "a")), "X-Correlation-ID"));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("<script>")]
    [InlineData("quote\"")]
    [InlineData("{\"json\":1}")]
    public async Task What_could_mean_something_elsewhere_is_not_taken(string id)
    {
        var answer = await SendAsync("/api/v1/no-such-route", ("X-Correlation-ID", id));

        Assert.NotEqual(id, Header(answer, "X-Correlation-ID"));
        Assert.NotEmpty(Header(answer, "X-Correlation-ID"));
        Assert.Equal(Header(answer, "X-Correlation-ID"), answer.Details.GetProperty("correlation_id").GetString());
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_not_taken()
    {
        Assert.Equal(128, Header(await SendAsync("/health", ("X-Correlation-ID", new string('a', 128))), "X-Correlation-ID").Length);
        Assert.NotEqual(129, Header(await SendAsync("/health", ("X-Correlation-ID", new string('a', 129))), "X-Correlation-ID").Length);
    }

    [Fact]
    public async Task Requests_without_a_name_get_different_ones()
    {
        Assert.NotEqual(Header(await SendAsync("/health"), "X-Correlation-ID"), Header(await SendAsync("/health"), "X-Correlation-ID"));
    }

    [Fact]
    public async Task The_audit_log_has_it()
    {
        var owner = await host.RegisterAsync();
        owner.Http.DefaultRequestHeaders.Add("X-Correlation-ID", "audited-1");
        await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" });

        Assert.Equal(1, await host.ScalarAsync<long>("select count(*) from accounts.audit_entries where correlation_id = 'audited-1'"));
    }

    private async Task<Answer> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using var client = host.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Array.ForEach(headers, header => request.Headers.TryAddWithoutValidation(header.Name, header.Value));
        return await Answer.FromAsync(await client.SendAsync(request, Ct));
    }

    private static string Header(Answer answer, string name) => answer.Response.Headers.GetValues(name).Single();
}
