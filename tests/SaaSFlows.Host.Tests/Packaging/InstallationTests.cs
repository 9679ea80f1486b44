using System.Diagnostics;
using System.Security.Cryptography;
using SaaSFlows.LocalSetup;
using SaaSFlows.TestKit;

namespace SaaSFlows.Host.Tests.Packaging;

/// <summary>The program away from its checkout: read-only, as a user without rights, over a PostgreSQL that others run.</summary>
public sealed class InstallationTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("saasflows-installed-");
    private readonly int _port = FreePort.Next();
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Program => Path.Combine(_folder.FullName, "program");

    [Fact]
    public async Task It_migrates_serves_says_that_it_is_well_and_ends_in_order()
    {
        Copy(AppContext.BaseDirectory);
        Directory.CreateDirectory(Path.Combine(Program, "wwwroot"));
        await File.WriteAllTextAsync(Path.Combine(Program, "wwwroot", "index.html"), "<title>Studio</title>", Ct);
        await File.WriteAllTextAsync(Path.Combine(Program, "wwwroot", "pages.json"), "[\"/workflows\"]", Ct);

        await CheckAsync();
    }

    [Fact]
    public async Task What_the_container_is_built_from_does_the_same()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("SAASFLOWS_LONG_TESTS") == "1",
            "It publishes all in a clean folder: SAASFLOWS_LONG_TESTS=1."
        );
        var clean = Directory.CreateDirectory(Path.Combine(_folder.FullName, "source")).FullName;
        await RunAsync("bash", ["-c", $"git ls-files -z | xargs -0 cp --parents -t '{clean}'"], RepositoryRoot.Find()!);
        await RunAsync(Path.Combine(clean, "infra", "publish.sh"), [Program], clean);
        Directory.Delete(clean, recursive: true);
        Assert.Empty(Directory.GetFiles(Program, "*LocalSetup*"));

        await CheckAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private async Task CheckAsync()
    {
        var writable = Directory.CreateDirectory(Path.Combine(_folder.FullName, "tmp"));
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(writable.FullName, (UnixFileMode)0b111_111_111);
        await RunAsync("chmod", ["-R", "a+rX,a-w", Program], "/");
        var before = Directory.GetFileSystemEntries(Program, "*", SearchOption.AllDirectories);

        using (var migrate = Start("Migrate"))
        {
            await migrate.WaitForExitAsync(Ct);
            Assert.Equal(0, migrate.ExitCode);
        }

        using var host = Start("Api,Worker");
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_port}") };
        await Eventually.True(async () => await HealthAsync() == 0, TimeSpan.FromMinutes(2), Ct);
        Assert.Contains("<title>", await client.GetStringAsync("/workflows", Ct), StringComparison.Ordinal);
        Assert.True((await client.GetAsync("/api/v1/status", Ct)).IsSuccessStatusCode);

        Process.Start("kill", ["-TERM", $"{host.Id}"]).WaitForExit();
        await host.WaitForExitAsync(Ct);
        Assert.Equal((0, 1), (host.ExitCode, await HealthAsync()));
        Assert.Equal(before, Directory.GetFileSystemEntries(Program, "*", SearchOption.AllDirectories));
    }

    private async Task<int> HealthAsync()
    {
        using var health = Start("Api,Worker", "health");
        await health.WaitForExitAsync(Ct);
        return health.ExitCode;
    }

    private Process Start(string roles, params string[] arguments)
    {
        string[] nobody = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs"]
            : ["env"];
        var command = new ProcessStartInfo(nobody[0], [.. nobody[1..], "dotnet", Path.Combine(Program, "SaaSFlows.Host.dll"), .. arguments])
        {
            WorkingDirectory = Program,
        };
        foreach (
            var (name, value) in new Dictionary<string, string>
            {
                ["Roles"] = roles,
                ["ConnectionStrings__Postgres"] = database.AdminConnectionString,
                ["SAASFLOWS_MASTER_KEY"] = _key,
                ["HOST"] = "127.0.0.1",
                ["PORT"] = $"{_port}",
                ["Grpc__Url"] = "http://127.0.0.1:0",
                ["DOTNET_EnableDiagnostics"] = "0",
                ["HOME"] = Path.Combine(_folder.FullName, "tmp"),
                ["TMPDIR"] = Path.Combine(_folder.FullName, "tmp"),
            }
        )
        {
            command.Environment[name] = value;
        }

        return Process.Start(command)!;
    }

    private void Copy(string from)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Program, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        await process.WaitForExitAsync(Ct);
        Assert.Equal(0, process.ExitCode);
    }
}
