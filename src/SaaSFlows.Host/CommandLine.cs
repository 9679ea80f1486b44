using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host;

/// <summary>What can be written behind the program's name besides settings.</summary>
internal static class CommandLine
{
    private static readonly string[] _help = ["--help", "-h", "-?"];

    /// <summary>The program's version, as the status says it too.</summary>
    public static string Version { get; } = typeof(CommandLine).Assembly.GetName().Version!.ToString(3);

    private static string Help { get; } =
        $"""
            SaaSFlows {Version}: workflow automation for many tenants at once.

            SaaSFlows.Host [--SETTING=VALUE …]              serve, in the roles that Roles says
            SaaSFlows.Host health [--SETTING=VALUE …]       ask the program that runs with these settings: 0 if it is well, else 1
            SaaSFlows.Host tenant suspend|resume SLUG       close a tenant to its people and programs, or open it again
            SaaSFlows.Host --help | --version

            Roles, of which All is the default: {string.Join(", ", Enum.GetNames<ProcessRoles>())}.
              Api        answers requests and serves the studio        Worker     runs executions
              Scheduler  wakes what is due and keeps house             Migrate    updates the database first; alone, it then ends

            Settings, also as variables of the environment with __ for the colon. Those that nearly everybody sets:
              ConnectionStrings:Postgres    PostgreSQL 15 or newer; a checkout brings its own
              SAASFLOWS_MASTER_KEY          base64 of 32 bytes, the same for all processes
              Urls, Grpc:Url                where it listens: http://localhost:8070 and http://localhost:50070
              Roles                         what this process does: Api,Worker
              Mail:PublicUrl, Tenants:Domain  where people reach it
            Other names of settings: {string.Join(", ", SettingAliases.All.Select(alias => alias.Variable))}.
            All of them: docs/configuration.md.
            """;

    /// <summary>Answers what needs no settings. Null if the program has to go on.</summary>
    public static int? Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (args.Contains("--version"))
        {
            output.WriteLine(Version);
            return 0;
        }

        if (args is ["help", ..] || args.Any(argument => _help.Contains(argument)))
        {
            output.WriteLine(Help);
            return 0;
        }

        if (args is [var verb, ..] && !IsSetting(verb) && !IsKnown(args))
        {
            errors.WriteLine($"There is no command '{string.Join(' ', args.TakeWhile(argument => !IsSetting(argument)))}'.\n\n{Help}");
            return 2;
        }

        if (args.Where((argument, at) => IsWithoutValue(argument, args.ElementAtOrDefault(at + 1))).FirstOrDefault() is { } bare)
        {
            errors.WriteLine($"'{bare}' has no value: a setting is written as --NAME=VALUE.\n\n{Help}");
            return 2;
        }

        return null;
    }

    // The configuration would pass over it without a word.
    private static bool IsWithoutValue(string argument, string? next) =>
        argument.StartsWith('-') && !argument.Contains('=', StringComparison.Ordinal) && (next is null || IsSetting(next));

    // As the configuration reads them: --Name=Value, --Name Value, /Name=Value, Name=Value.
    private static bool IsSetting(string argument) =>
        argument.StartsWith('-') || argument.StartsWith('/') || argument.Contains('=', StringComparison.Ordinal);

    private static bool IsKnown(string[] args) => args is ["health", ..] or ["tenant", "suspend" or "resume", [not '-', ..], ..];
}
