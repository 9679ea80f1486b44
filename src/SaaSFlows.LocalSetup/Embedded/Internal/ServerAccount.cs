using System.Diagnostics;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

/// <summary>Who the server runs as: us, or (PostgreSQL refuses root) an unprivileged user when we are root.</summary>
internal sealed class ServerAccount(int userId)
{
    /// <summary>Every Linux has it. initdb wants a user with a passwd entry; the server doesn't.</summary>
    private const int Nobody = 65534;

    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>A command that runs as the server's user.</summary>
    public ProcessStartInfo Command(string program, params IEnumerable<string> arguments) => As(userId, program, arguments);

    /// <summary>A command that runs as a user with a name, for initdb; the result is given to the server's user afterwards.</summary>
    public static ProcessStartInfo NamedCommand(string program, params IEnumerable<string> arguments) => As(Nobody, program, arguments);

    /// <summary>A command that gets SIGINT (the server's fast shutdown) when the thread that started it ends, in a session of its own so
    /// that Ctrl+C in the terminal reaches us only. Null where the machine has no such tools.</summary>
    public ProcessStartInfo? CommandThatEndsWithUs(string program, params IEnumerable<string> arguments)
    {
        if (!OperatingSystem.IsLinux() || !OnPath("setpriv") || !OnPath("setsid"))
        {
            return null;
        }

        return Clean("setsid", ["setpriv", .. IsRoot ? Identity(userId) : [], "--pdeathsig", "INT", program, .. arguments]);
    }

    public Task GiveAsync(string path, CancellationToken ct) => GiveAsync(userId, path, ct);

    public static Task GiveToNamedAsync(string path, CancellationToken ct) => GiveAsync(Nobody, path, ct);

    public static async Task<ToolResult> RunAsync(ProcessStartInfo command, CancellationToken ct) =>
        await Tool.RunAsync(command, null, ct)
        ?? throw new LocalSetupException(
            command.FileName is "setpriv"
                ? "PostgreSQL refuses to run as root and 'setpriv' (util-linux) is missing. Run as an ordinary user or set "
                    + "ConnectionStrings:Postgres."
                : $"{command.FileName} was not found."
        );

    /// <summary>Runs a command that has to succeed.</summary>
    public static async Task RequireAsync(ProcessStartInfo command, CancellationToken ct)
    {
        var result = await RunAsync(command, ct);
        if (result.ExitCode != 0)
        {
            throw new LocalSetupException(
                $"'{command.FileName} {string.Join(' ', command.ArgumentList)}' ended with {result.ExitCode}:{Environment.NewLine}{result.Output}"
            );
        }
    }

    private static Task GiveAsync(int user, string path, CancellationToken ct) =>
        IsRoot ? RequireAsync(Clean("chown", ["-R", $"{user}:{user}", path]), ct) : Task.CompletedTask;

    private static ProcessStartInfo As(int user, string program, IEnumerable<string> arguments) =>
        IsRoot ? Clean("setpriv", [.. Identity(user), program, .. arguments]) : Clean(program, arguments);

    private static string[] Identity(int user) => [$"--reuid={user}", $"--regid={user}", "--clear-groups"];

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static ProcessStartInfo Clean(string program, IEnumerable<string> arguments)
    {
        var command = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) ?? "/" };
        foreach (var name in command.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            command.Environment.Remove(name);
        }

        command.Environment["LC_ALL"] = "C";
        return command;
    }
}
