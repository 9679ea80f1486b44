using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

/// <summary>Where programs and data really are: as asked for, or outside the checkout when the server's user can't enter it.</summary>
internal sealed record ServerHome(string Binaries, string Directory)
{
    private const UnixFileMode Open =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    public string Cluster => Path.Combine(Directory, "cluster");

    public string LogFile => Path.Combine(Cluster, "server.log");

    public string PasswordFile => Path.Combine(Directory, "password");

    public string LockFile => Path.Combine(Directory, "lock");

    public static string Program(string binaries, string name) => Path.Combine(binaries, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);

    public string Program(string name) => Program(Binaries, name);

    public static async Task<ServerHome> ResolveAsync(EmbeddedPostgresOptions options, ServerAccount account, CancellationToken ct)
    {
        if (!ServerAccount.IsRoot)
        {
            System.IO.Directory.CreateDirectory(options.DataDirectory);
            return new ServerHome(options.BinariesDirectory, options.DataDirectory);
        }

        var binaries = await RunsAsync(options.BinariesDirectory, account, ct) ? options.BinariesDirectory : await CopyAsync(options, ct);
        return new ServerHome(binaries, await DataAsync(options, account, ct));
    }

    private static async Task<bool> RunsAsync(string binaries, ServerAccount account, CancellationToken ct) =>
        (await ServerAccount.RunAsync(account.Command(Program(binaries, "postgres"), "--version"), ct)).ExitCode == 0;

    private static async Task<string> DataAsync(EmbeddedPostgresOptions options, ServerAccount account, CancellationToken ct)
    {
        var inside = new ServerHome("", options.DataDirectory);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.DataDirectory)))[..16];
        var outside = new ServerHome("", Path.Combine(options.SystemDirectory, "data", name));

        // Whoever has data keeps its place, even if the checkout's permissions changed since.
        if (System.IO.Directory.Exists(outside.Cluster))
        {
            return outside.Directory;
        }

        MakeOpen(inside.Directory);
        if ((await ServerAccount.RunAsync(account.Command("test", "-x", inside.Directory), ct)).ExitCode == 0)
        {
            return inside.Directory;
        }

        if (System.IO.Directory.Exists(inside.Cluster))
        {
            throw new LocalSetupException(
                $"The database in {inside.Directory} can't be reached by the server's user any more. "
                    + $"Let others enter the folders above it (chmod o+x), or move it to {outside.Directory}."
            );
        }

        MakeOpen(outside.Directory);
        await File.WriteAllTextAsync(Path.Combine(outside.Directory, "origin"), options.DataDirectory, ct);
        return outside.Directory;
    }

    private static async Task<string> CopyAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        MakeOpen(options.SystemDirectory);
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(options.SystemDirectory, "lock"), ct);
        var package = await File.ReadAllBytesAsync(Path.Combine(options.BinariesDirectory, "..", "package.json"), ct);
        using var manifest = JsonDocument.Parse(package);
        var target = Path.Combine(options.SystemDirectory, $"postgresql-{manifest.RootElement.GetProperty("version").GetString()}");
        if (!System.IO.Directory.Exists(target))
        {
            var half = target + ".half";
            await ServerAccount.RequireAsync(new ProcessStartInfo("rm", ["-rf", half]), ct);
            await ServerAccount.RequireAsync(new ProcessStartInfo("cp", ["-RP", options.BinariesDirectory, half]), ct);
            await ServerAccount.RequireAsync(new ProcessStartInfo("chmod", ["-R", "u=rwX,go=rX", half]), ct);
            System.IO.Directory.Move(half, target);
        }

        // What we run as a server must not be something that another user could have put or changed there.
        foreach (var (place, depth) in new[] { (options.SystemDirectory, "0"), (target, "9") })
        {
            var strange = await ServerAccount.RunAsync(
                new ProcessStartInfo("find", [place, "-maxdepth", depth, "!", "-type", "l", "(", "!", "-uid", "0", "-o", "-perm", "/022", ")"]),
                ct
            );
            if (strange.ExitCode != 0 || strange.Output.Length > 0)
            {
                throw new LocalSetupException(
                    $"{place} must belong to root and be writable by root only, but isn't:{Environment.NewLine}{strange.Output}"
                );
            }
        }

        return target;
    }

    private static void MakeOpen(string folder)
    {
        if (!OperatingSystem.IsWindows() && !System.IO.Directory.Exists(folder))
        {
            MakeOpen(Path.GetDirectoryName(folder)!);
            System.IO.Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, Open);
        }
    }
}
