using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Host.Configuration;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Host.Tests.Packaging;

/// <summary>What is deployed with, compared with the program: no container engine is needed for that.</summary>
public sealed partial class DeploymentFilesTests
{
    // Settings of the runtime and of OpenTelemetry's own packages.
    private static readonly string[] _foreign =
    [
        "ASPNETCORE_HTTP_PORTS",
        "DOTNET_EnableDiagnostics",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "POSTGRES_PASSWORD",
    ];

    private static string Root => RepositoryRoot.Find()!;

    [Fact]
    public async Task Every_variable_is_a_setting_of_the_program()
    {
        var files = await ReadAsync();
        var variables = Programs(files["infra/compose.yaml"])
            .SelectMany(service => service.GetProperty("environment").EnumerateObject().Select(variable => variable.Name))
            .Concat(
                Containers(files)
                    .SelectMany(container =>
                        container.GetProperty("env").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!)
                    )
            )
            .Concat(EnvironmentLine().Matches(File.ReadAllText(Path.Combine(Root, "infra", "example.env"))).Select(line => line.Groups[1].Value))
            .Concat(DockerVariable().Matches(Dockerfile()).Select(line => line.Groups[1].Value))
            .ToHashSet();

        Assert.Contains("Grpc__Url", variables);
        // What PORT and HOST say must not be overruled by the image itself.
        Assert.DoesNotContain(DockerVariable().Matches(Dockerfile()), line => line.Groups[1].Value is "ASPNETCORE_URLS" or "Urls");
        Assert.Contains("Tenants__Domain", variables);
        Assert.DoesNotContain(variables.Except(_foreign), variable => !IsSetting(variable.Replace("__", ":", StringComparison.Ordinal)));
        Assert.False(IsSetting("Tenants:Domian"));
        Assert.False(IsSetting("Tenant:Domain"));
    }

    [Fact]
    public async Task Every_role_is_deployed()
    {
        var files = await ReadAsync();
        var compose = Programs(files["infra/compose.yaml"]).Select(service => service.GetProperty("environment").GetProperty("Roles").GetString()!);
        var chart = Containers(files)
            .Select(container =>
                container
                    .GetProperty("env")
                    .EnumerateArray()
                    .Single(variable => variable.GetProperty("name").GetString() == "Roles")
                    .GetProperty("value")
                    .GetString()!
            );

        foreach (var roles in new[] { compose, chart })
        {
            Assert.Equal(ProcessRoles.All, roles.Select(Enum.Parse<ProcessRoles>).Aggregate((all, role) => all | role));
        }

        Assert.Equal(2, compose.Count(roles => roles == "Api,Worker"));
    }

    [Fact]
    public async Task Nothing_runs_with_rights_that_it_does_not_need()
    {
        var files = await ReadAsync();
        Assert.All(
            Containers(files),
            container =>
            {
                var rights = container.GetProperty("securityContext");
                Assert.Equal(
                    (true, false),
                    (rights.GetProperty("readOnlyRootFilesystem").GetBoolean(), rights.GetProperty("allowPrivilegeEscalation").GetBoolean())
                );
                Assert.True(container.GetProperty("resources").TryGetProperty("limits", out _));
            }
        );
        Assert.All(Programs(files["infra/compose.yaml"]), service => Assert.True(service.GetProperty("read_only").GetBoolean()));
        Assert.Matches(@"(?m)^USER 1654$", Dockerfile());
        Assert.Matches(@"HEALTHCHECK [^\n]*CMD \[""dotnet"", ""SaaSFlows.Host.dll"", ""health""\]", Dockerfile());
        Assert.Contains("infra/publish.sh /publish", Dockerfile(), StringComparison.Ordinal);
        // No tool of a checkout is shipped: neither npm nor the embedded server.
        Assert.Contains("-p:Checkout=false", File.ReadAllText(Path.Combine(RepositoryRoot.Find()!, "infra", "publish.sh")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task Only_a_checkout_builds_the_program_with_its_tools(string checkout, bool expected)
    {
        string[] arguments =
        [
            "msbuild",
            "src/SaaSFlows.Host",
            "-getItem:ProjectReference",
            "-getProperty:DefineConstants",
            $"-p:Checkout={checkout}",
        ];
        using var build = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, WorkingDirectory = Root })!;
        var ct = TestContext.Current.CancellationToken;
        var project = JsonElement.Parse(await build.StandardOutput.ReadToEndAsync(ct));
        await build.WaitForExitAsync(ct);

        var references = project.GetProperty("Items").GetProperty("ProjectReference").EnumerateArray();
        Assert.Equal(expected, references.Any(reference => reference.GetProperty("Filename").ValueEquals("SaaSFlows.LocalSetup")));
        var constants = project.GetProperty("Properties").GetProperty("DefineConstants").GetString()!.Split(';');
        Assert.Equal(expected, constants.Contains("CHECKOUT"));
    }

    [Fact]
    public async Task Migrations_come_before_the_program()
    {
        var files = await ReadAsync();
        Assert.Equal(
            "pre-install,pre-upgrade",
            Documents(files, "migrate.yaml")[0].GetProperty("metadata").GetProperty("annotations").GetProperty("helm.sh/hook").GetString()
        );
        Assert.All(
            Programs(files["infra/compose.yaml"]).Where(service => service.GetProperty("environment").GetProperty("Roles").GetString() != "Migrate"),
            service =>
                Assert.Equal(
                    "service_completed_successfully",
                    service.GetProperty("depends_on").GetProperty("migrate").GetProperty("condition").GetString()
                )
        );
    }

    private static bool IsSetting(string key)
    {
        var source = string.Concat(
            Directory.EnumerateFiles(Path.Combine(Root, "src", "SaaSFlows.Host"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
        );
        var types = typeof(HostConfiguration)
            .GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => method.ReturnType)
            .ToLookup(type => type.Name);
        return source.Contains($"\"{key}\"", StringComparison.Ordinal)
            || Section()
                .Matches(source)
                .Any(section =>
                    types[section.Groups[1].Value]
                        .Take(1)
                        .Any(type => type.GetProperties().Any(property => $"{section.Groups[2]}:{property.Name}" == key))
                );
    }

    private static IEnumerable<JsonElement> Programs(JsonElement compose) =>
        compose[0]
            .GetProperty("services")
            .EnumerateObject()
            .Select(service => service.Value)
            .Where(service => service.GetProperty("image").GetString()!.StartsWith("saasflows", StringComparison.Ordinal));

    private static IEnumerable<JsonElement> Containers(Dictionary<string, JsonElement> files) =>
        Documents(files, "workloads.yaml")
            .Concat(Documents(files, "migrate.yaml"))
            .Where(document => document.GetProperty("kind").GetString() is "Deployment" or "Job")
            .Select(document => document.GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0]);

    private static List<JsonElement> Documents(Dictionary<string, JsonElement> files, string template) =>
        [.. files[$"helm/saasflows/templates/{template}"].EnumerateArray()];

    private static string Dockerfile() => File.ReadAllText(Path.Combine(Root, "Dockerfile"));

    private static async Task<Dictionary<string, JsonElement>> ReadAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await NodePackages.EnsureAsync(Root, Console.WriteLine, ct);
        using var node = Process.Start(
            new ProcessStartInfo("node", ["tests/SaaSFlows.Host.Tests/Packaging/read.mjs"]) { RedirectStandardOutput = true, WorkingDirectory = Root }
        )!;
        var output = await node.StandardOutput.ReadToEndAsync(ct);
        await node.WaitForExitAsync(ct);
        Assert.Equal(0, node.ExitCode);
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(output)!;
    }

    [GeneratedRegex(@"Read<(\w+)>\(""(\w+)""")]
    private static partial Regex Section();

    [GeneratedRegex(@"(?m)^(\w+)=")]
    private static partial Regex EnvironmentLine();

    [GeneratedRegex(@"(?m)^(?:ENV| {3}) (\w+)=")]
    private static partial Regex DockerVariable();
}
