using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Migrations;

/// <summary>Creates the five login roles. They belong to the server, so many databases may prepare them at the same moment.</summary>
internal static class Roles
{
    private const int ScramIterations = 4096;

    public static async Task EnsureAsync(NpgsqlConnection admin, string adminConnectionString, RolePasswords? passwords, CancellationToken ct)
    {
        foreach (var role in RoleNames.All)
        {
            await EnsureExistsAsync(admin, role, ct);
            if (passwords is not null && !await CanSignInAsync(adminConnectionString, role, passwords, ct))
            {
                await RunAsync(admin, $"alter role {role} password '{ScramVerifier(passwords.Of(role))}'", ct);
            }
        }
    }

    /// <summary>Runs DDL on shared catalogues, which knows no waiting: whoever loses a race tries again.</summary>
    public static async Task RunAsync(NpgsqlConnection admin, string sql, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, admin);
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InternalError && attempt < 20)
            {
                // XX000 "tuple concurrently updated": the other one has committed, the next try sees its row.
            }
        }
    }

    private static async Task EnsureExistsAsync(NpgsqlConnection admin, string role, CancellationToken ct)
    {
        await using (
            var read = new NpgsqlCommand("select rolsuper or rolbypassrls from pg_roles where rolname = $1", admin)
            {
                Parameters = { new() { Value = role } },
            }
        )
        {
            switch (await read.ExecuteScalarAsync(ct))
            {
                case true:
                    throw new MigrationException(
                        $"Role {role} is a superuser or bypasses row-level security: tenants would not be isolated. Take that from it."
                    );
                case false:
                    return;
            }
        }

        try
        {
            await RunAsync(admin, $"create role {role} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication", ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Another database's migration was first.
        }
    }

    private static async Task<bool> CanSignInAsync(string adminConnectionString, string role, RolePasswords passwords, CancellationToken ct)
    {
        var builder = new NpgsqlConnectionStringBuilder(adminConnectionString)
        {
            Username = role,
            Password = passwords.Of(role),
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return false;
        }
    }

    // The server gets the verifier and not the password, which would stand in its log.
    private static string ScramVerifier(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password.Normalize(NormalizationForm.FormKC), salt, ScramIterations, HashAlgorithmName.SHA256, 32);
        var storedKey = Convert.ToBase64String(SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)));
        var serverKey = Convert.ToBase64String(HMACSHA256.HashData(salted, "Server Key"u8));
        return $"SCRAM-SHA-256${ScramIterations}:{Convert.ToBase64String(salt)}${storedKey}:{serverKey}";
    }
}
