using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using SaaSFlows.Host.Configuration;
using SaaSFlows.Postgres.Migrations;

namespace SaaSFlows.Host;

/// <summary>What a start can fail of without being a bug: told in a sentence, with exit code 1 and without a stack trace.</summary>
internal static class StartFaults
{
    private static readonly string[] Tellers = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];
    private static volatile bool _started;

    /// <summary>Null for an exception that is a bug.</summary>
    public static string? Explain(Exception error) =>
        error switch
        {
            DatabaseUnreachableException or MigrationException or SettingException or OptionsValidationException => error.Message,
            IOException { InnerException: AddressInUseException } =>
                $"{error.Message} Stop the program that listens there, or choose another address with --urls (for gRPC with --Grpc:Url).",
            SocketException => $"An address can't be listened on: {error.Message}. Choose another one with --urls (for gRPC with --Grpc:Url).",
            // Without its value, which holds a password.
            ArgumentException { Source: "Npgsql" or "System.Data.Common" } =>
                "ConnectionStrings:Postgres is not a connection string such as Host=localhost;Username=postgres;Password=….",
            DbException => $"The database failed during the start: {error.Message}",
            _ => null,
        };

    /// <summary>
    /// Keeps the server and the host from logging a failed start with its stack trace: it is told by <see cref="Explain"/>, or thrown.
    /// </summary>
    public static void HideFromLog(ILoggingBuilder logging)
    {
        foreach (var category in Tellers)
        {
            logging.AddFilter(category, level => _started && level >= LogLevel.Warning);
        }
    }

    /// <summary>From here on they log as usual.</summary>
    public static void ShowInLog() => _started = true;
}
