using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Api.Tests;

/// <summary>What a caller wrote and nobody reads is named, never ignored.</summary>
public sealed partial class UnknownFieldTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly JsonElement Document = JsonElement.Parse(
        File.ReadAllBytes(Path.Combine(RepositoryRoot.Find()!, "src", "SaaSFlows.Api", "openapi.json"))
    );

    private static readonly string[] All =
    [
        .. from path in Document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out _)
        select $"{operation.Name.ToUpperInvariant()} {path.Name}",
    ];

    /// <summary>Every route of the document that takes a JSON body with fields of ours.</summary>
    public static TheoryData<string> Routes => new(All.Where(route => Documented(route).Any()));

    [Theory]
    [InlineData("""{"name":"a","entity_id":1,"name":"b"}""", "name")]
    [InlineData("""{"name":"a","nodes":{"x":{"label":"1","config":{"a":[{"b":1,"b":2}]}}}}""", "nodes.x.config.a[0].b")]
    public async Task A_field_that_is_there_twice_is_named(string body, string place)
    {
        var member = await host.RegisterAsync();
        using var content = new StringContent(body, null, "application/json");
        var answer = await Answer.FromAsync(await member.Http.PostAsync("/api/v1/workflows", content, TestContext.Current.CancellationToken));

        Assert.Equal((400, "input.repeated_field"), (answer.Status, answer.Reason));
        Assert.Equal([place], answer.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("/api/v1/workflows")]
    [InlineData("/api/v1/workflows/webhooks/whtok_none")]
    public async Task A_body_that_is_compressed_is_refused_as_such(string path)
    {
        var member = await host.RegisterAsync();
        using var content = new ByteArrayContent([0x1f, 0x8b, 8, 0])
        {
            Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } },
        };
        var answer = await Answer.FromAsync(await member.Http.PostAsync(path, content, TestContext.Current.CancellationToken));

        Assert.Equal((415, "body.content_encoding"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task What_cannot_be_seen_identifies_nothing()
    {
        var member = await host.RegisterAsync();
        var published = await member.PostAsync("/api/v1/events", new { event_type = "x", aggregate_id = "o\u200b" });
        var registered = await member.PostAsync("/api/v1/registry/register", new { service_name = "a\u200b", service_url = "https://example.com" });

        Assert.Equal([400, 400], [published.Status, registered.Status]);
        Assert.Contains("invisible characters", $"{published.Details}{registered.Details}", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_with_a_body_knows_its_documented_fields_and_names_any_other(string route)
    {
        var member = await host.RegisterAsync();
        var ids = new Dictionary<string, string>
        {
            ["workflow_id"] = $"{await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)}",
            ["entity_id"] = $"{member.Entity}",
            ["community_id"] = $"{member.Community}",
            ["name"] = "flow",
            ["user_id"] = $"{member.Id}",
            ["slug"] = (await member.GetAsync("/api/v1/tenant")).Data.GetProperty("slug").GetString()!,
        };
        var (method, path) = (
            route.Split(' ')[0],
            Parameter().Replace(route.Split(' ')[1], name => ids.GetValueOrDefault(name.Groups[1].Value) ?? $"{Guid.NewGuid()}")
        );
        using var request = new HttpRequestMessage(new(method), path)
        {
            Content = JsonContent.Create(Documented(route).Append("no_such_field_here").ToDictionary(name => name, _ => (object?)null)),
        };

        var answer = await Answer.FromAsync(await member.Http.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.True(answer.Status == 400, $"{route}: {answer.Text}");
        Assert.Equal(["no_such_field_here"], answer.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    /// <summary>Every route of the document that changes something and takes no body.</summary>
    public static TheoryData<string> Bodyless =>
        new(
            from path in Document.GetProperty("paths").EnumerateObject()
            where path.Name.StartsWith("/api/", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            where operation.Name is "post" or "put" or "patch" or "delete" && !operation.Value.TryGetProperty("requestBody", out _)
            select $"{operation.Name.ToUpperInvariant()} {path.Name}"
        );

    [Theory]
    [MemberData(nameof(Bodyless))]
    public async Task A_route_without_a_body_names_what_it_would_not_read(string route)
    {
        var member = await host.RegisterAsync();
        var (method, path) = (route.Split(' ')[0], Parameter().Replace(route.Split(' ')[1], _ => $"{Guid.NewGuid()}"));
        using var request = new HttpRequestMessage(new(method), path) { Content = JsonContent.Create(new { community_id = 1, force = true }) };

        var answer = await Answer.FromAsync(await member.Http.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.True(answer.Status == 400, $"{route}: {answer.Text}");
        Assert.Equal(["community_id", "force"], answer.Details.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    public async Task An_empty_body_says_nothing(string? body)
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/workflows/{id}")
        {
            Content = body is null ? null : new StringContent(body, null, "application/json"),
        };

        Assert.Equal(200, (await Answer.FromAsync(await member.Http.SendAsync(request, TestContext.Current.CancellationToken))).Status);
    }

    [Fact]
    public void Only_deliveries_are_of_any_form() =>
        Assert.Equal(["POST /api/v1/workflows/webhooks/{token}", "POST /api/webhooks/{name}"], All.Where(route => !Documented(route).Any()));

    [Theory]
    [InlineData("""{"nmae": "x"}""", "nmae", "is not a known field; did you mean name?")]
    [InlineData(
        """{"name": "x", "nodes": {"a": {"node_type": "flow_end", "confg": {}}}}""",
        "nodes.a.confg",
        "is not a known field; did you mean config?"
    )]
    [InlineData(
        """{"name": "x", "nodes": {"a": {"node_type": "flow_end", "retry": {"max_attempt": 2}}}}""",
        "nodes.a.retry.max_attempt",
        "is not a known field; did you mean max_attempts?"
    )]
    [InlineData(
        """{"name": "x", "connections": [{"from_node_id": "a", "to_node_id": "b", "from_port": "error"}]}""",
        "connections[0].from_port",
        "is not a known field."
    )]
    [InlineData("""{"name": "x", "definition": {"node": {}}}""", "node", "is not a known field; did you mean nodes?")]
    [InlineData("""{"name": "x", "variables": {}}""", "variables", "belongs to the steps form; a graph has global_variables.")]
    [InlineData(
        """{"name": "x", "settings": {"concurency": {"limit": 2}}}""",
        "settings.concurency",
        "is not a known field; did you mean concurrency?"
    )]
    [InlineData(
        """{"name": "x", "\ud800": 1}""",
        "body",
        "holds text that is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8."
    )]
    public async Task A_workflow_with_a_misspelt_field_is_refused(string body, string field, string problem)
    {
        var member = await host.RegisterAsync();
        var refused = await member.PostRawAsync("/api/v1/workflows", body);

        Assert.True(refused.Status == 400, refused.Text);
        Assert.Equal("BAD_REQUEST", refused.Code);
        Assert.Equal(problem, FieldProblem(refused, field));
    }

    [Fact]
    public async Task An_update_is_refused_in_the_same_way_and_changes_nothing()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var before = (await member.GetAsync($"/api/v1/workflows/{id}")).Text;
        var refused = await member.PutAsync(
            $"/api/v1/workflows/{id}",
            JsonElement.Parse("""{"name": "y", "nodes": {"a": {"node_type": "flow_end", "lable": "End"}}}""")
        );

        Assert.Equal((400, "is not a known field; did you mean label?"), (refused.Status, FieldProblem(refused, "nodes.a.lable")));
        Assert.Equal(before, (await member.GetAsync($"/api/v1/workflows/{id}")).Text);
    }

    [Fact]
    public async Task Nested_fields_are_named_by_their_path()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var refused = await member.PostRawAsync(
            $"/api/v1/workflows/{id}/test",
            """{"pinned_outputs": {"start": {"prot": "output"}}, "variables": {"anything": {"goes": 1}}, "metadata": {"too": 1}}"""
        );

        Assert.Equal((400, "is not a known field; did you mean port?"), (refused.Status, FieldProblem(refused, "pinned_outputs.start.prot")));
    }

    private static IEnumerable<string> Documented(string route)
    {
        var schema = Document
            .GetProperty("paths")
            .GetProperty(route.Split(' ')[1])
            .GetProperty(route.Split(' ')[0].ToLowerInvariant())
            .GetProperty("requestBody")
            .GetProperty("content")
            .GetProperty("application/json")
            .GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = Document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        return schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(property => property.Name) : [];
    }

    private static string? FieldProblem(Answer answer, string field) =>
        JsonNode.Parse(answer.Details.GetRawText())!["errors"]?[field]?[0]?.GetValue<string>();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
