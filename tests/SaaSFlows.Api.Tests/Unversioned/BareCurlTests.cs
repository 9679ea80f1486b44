namespace SaaSFlows.Api.Tests.Unversioned;

/// <summary>The documented curl examples of the paths by name, with our address and with a token, which they do not show.</summary>
public sealed class BareCurlTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Execute = """
        curl -X POST "http://localhost:8000/api/workflows/execute/lead_nurturing" \
          -H "Content-Type: application/json" \
          -d '{"data": {"name": "John Doe", "email": "john@example.com"}}'
        """;

    private const string Trigger = """
        # Déclencher avec paramètres d'URL - plus simple !
        curl "http://localhost:8000/api/workflows/trigger/lead_nurturing?name=John+Doe&email=john@example.com&priority=high"
        """;

    private const string Webhook = """
        # Paramètres d'URL combinés au JSON body
        curl -X POST "http://localhost:8000/api/webhooks/lead_nurturing?source=website&priority=high" \
          -H "Content-Type: application/json" \
          -d '{"name": "Jane Doe", "email": "jane@example.com"}'
        """;

    private const string WebhookByAddress = """
        # Ou juste avec paramètres d'URL
        curl -X POST "http://localhost:8000/api/webhooks/lead_nurturing?name=Jane+Doe&email=jane@example.com&priority=high"
        """;

    private const string NewsletterTrigger = """
        # Déclenchement manuel avec paramètres
        curl "http://localhost:8000/api/workflows/trigger/newsletter_automation?keyword=AI+news&max_videos=5"
        """;

    private const string NewsletterWebhook = """
        # Webhook
        curl -X POST "http://localhost:8000/api/webhooks/newsletter_automation" \
          -H "Content-Type: application/json" \
          -d '{"keyword": "machine learning", "max_videos": 3}'
        """;

    private const string Toggle = """
        curl -X POST "http://localhost:8000/api/workflows/toggle/newsletter_automation"  # Pause/Resume
        """;

    [Theory]
    [InlineData(Execute, "email", "john@example.com")]
    [InlineData(Trigger, "priority", "high")]
    [InlineData(Webhook, "source", "website")]
    [InlineData(Webhook, "name", "Jane Doe")]
    [InlineData(WebhookByAddress, "name", "Jane Doe")]
    [InlineData(NewsletterTrigger, "max_videos", "5")]
    [InlineData(NewsletterWebhook, "max_videos", "3")]
    public async Task An_example_that_starts_a_workflow_runs_as_it_stands_there(string script, string field, string value)
    {
        var member = await host.RegisterAsync();
        foreach (var name in new[] { "lead_nurturing", "newsletter_automation" })
        {
            await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, name);
        }

        var started = await CurlScript.RunSignedInAsync(host, member, script);
        var ended = await member.EndedAsync(started.GetProperty("execution_id").GetGuid());

        Assert.Equal(value, $"{ended.GetProperty("final_output").GetProperty(field)}");
    }

    [Fact]
    public async Task The_toggle_example_runs_as_it_stands_there()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "newsletter_automation");

        Assert.False((await CurlScript.RunSignedInAsync(host, member, Toggle)).GetProperty("active").GetBoolean());
        Assert.True((await CurlScript.RunSignedInAsync(host, member, Toggle)).GetProperty("active").GetBoolean());
    }
}
