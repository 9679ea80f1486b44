using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests;

/// <summary>The examples of our own documents, as they stand there but for address, account and what is written as a variable.</summary>
public sealed partial class DocumentExampleTests(ApiHost host) : IClassFixture<ApiHost>
{
    // Stops at the first command that fails, and takes an answer with an error for a failure.
    private const string Strict = "set -e -o pipefail\ncurl() { command curl -sS --fail-with-body \"$@\"; echo; }\n";

    // They need what a test does not have: containers, a cluster, grpcurl, another issuer, the code that an app shows.
    private static readonly string[] _elsewhere = ["deploy.md", "grpc.md", "outside-issuers.md", "sign-in.md 1"];

    /// <summary>Page and number of each example that calls the program.</summary>
    public static TheoryData<string, int> Calls =>
        new(
            Blocks("bash")
                .Where(block => block.Text.Contains("curl ", StringComparison.Ordinal))
                .Where(block => !_elsewhere.Contains(block.Page) && !_elsewhere.Contains($"{block.Page} {block.Number}"))
                .Select(block => (block.Page, block.Number))
        );

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_of_the_documents_succeeds(string page, int number)
    {
        var member = await host.RegisterAsync();
        var text = Blocks("bash").Single(block => block.Page == page && block.Number == number).Text;
        var variables = await VariablesAsync(member);
        var script = $"{Strict}{string.Concat(variables.Select(variable => $"{variable.Key}='{variable.Value}'\n"))}(\n{text}\n) | jq -Rs .";

        var printed = (
            await Examples.CurlAsync(
                script,
                ("http://localhost:8070", host.Address.ToString().TrimEnd('/')),
                ("export API=https://acme.example.com KEY=sf_…", ""),
                ("demo@saasflows.example", member.Email),
                ("demo-demo-demo", Member.Password),
                ("WORKFLOW_ID", variables["WORKFLOW"]),
                ("webhooks/TOKEN", $"webhooks/{variables["HOOK"]}"),
                ("\"user_id\": \"…\"", $"\"user_id\": \"{member.Id}\""),
                ("5001", $"{member.Entity}")
            )
        ).GetString();

        Assert.DoesNotContain("\"success\":false", printed, StringComparison.Ordinal);
        Assert.NotEmpty(printed!.Trim());
    }

    [Fact]
    public void Every_json_example_is_json() => Assert.All(Blocks("json"), block => JsonDocument.Parse(block.Text).Dispose());

    [Fact]
    public async Task The_example_of_the_steps_form_is_imported_and_published()
    {
        var member = await host.RegisterAsync();
        var imported = await member.PostRawAsync("/api/v1/workflows/import", Blocks("json").Single(block => block.Page == "steps-form.md").Text);

        var published = await member.PostAsync($"/api/v1/workflows/{imported.Data.GetProperty("workflow_id").GetGuid()}/publish");

        Assert.True(published.Status == 200, published.Text);
    }

    private async Task<Dictionary<string, string>> VariablesAsync(Member member)
    {
        var nodes = new Dictionary<string, object>
        {
            ["start"] = Graphs.Node("trigger_manual"),
            ["hook"] = Graphs.Node("trigger_webhook"),
            ["end"] = Graphs.Node("flow_end"),
        };
        var workflow = await member.PublishAsync(nodes, new[] { Graphs.Line("start", "end"), Graphs.Line("hook", "end") }, "lead_nurturing");
        var hook = (await member.WebhookAsync(workflow)).Split('/')[^1];
        var started = await member.PostAsync($"/api/v1/workflows/webhooks/{hook}", new { });
        var execution = started.Data.GetProperty("execution_id").GetGuid();
        await member.EndedAsync(execution);
        var program = (await member.PostAsync("/api/v1/service-accounts", new { name = "job", role = "editor" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var client = (await member.PostAsync("/api/v1/oauth-clients", new { name = "Job", service_account_id = program })).Data;
        return new()
        {
            ["TOKEN"] = member.Http.DefaultRequestHeaders.Authorization!.Parameter!,
            ["API"] = host.Address.ToString().TrimEnd('/'),
            ["KEY"] = (await member.PostAsync("/api/v1/api-keys", new { name = "k" })).Data.GetProperty("key").GetString()!,
            ["WORKFLOW"] = $"{workflow}",
            ["HOOK"] = hook,
            ["EXECUTION"] = $"{execution}",
            ["USER_ID"] = $"{program}",
            ["CLIENT_ID"] = client.GetProperty("client_id").GetString()!,
            ["CLIENT_SECRET"] = client.GetProperty("client_secret").GetString()!,
        };
    }

    private static IEnumerable<(string Page, int Number, string Text)> Blocks(string language)
    {
        var root = RepositoryRoot.Find()!;
        return Directory
            .EnumerateFiles(Path.Combine(root, "docs"), "*.md")
            .Append(Path.Combine(root, "README.md"))
            .SelectMany(file =>
                Block()
                    .Matches(File.ReadAllText(file))
                    .Where(block => block.Groups[1].Value == language)
                    .Select((block, index) => (Path.GetFileName(file), index, block.Groups[2].Value))
            );
    }

    [GeneratedRegex(@"^ *```(\w*)\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
