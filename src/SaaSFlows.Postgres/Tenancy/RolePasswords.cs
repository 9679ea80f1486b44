using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>Passwords of the five login roles.</summary>
public sealed record RolePasswords(string Owner, string App, string Engine, string Lookup, string Jobs)
{
    /// <summary>Five passwords from one secret: who knows one of them knows neither the secret nor the others.</summary>
    /// <param name="secret">At least 16 characters.</param>
    public static RolePasswords DeriveFrom(string secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, 16);
        return new(Derive(RoleNames.Owner), Derive(RoleNames.App), Derive(RoleNames.Engine), Derive(RoleNames.Lookup), Derive(RoleNames.Jobs));

        string Derive(string role) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(role)));
    }

    public override string ToString() => "***";

    internal string Of(string role) =>
        role switch
        {
            RoleNames.Owner => Owner,
            RoleNames.App => App,
            RoleNames.Engine => Engine,
            RoleNames.Lookup => Lookup,
            RoleNames.Jobs => Jobs,
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There are five roles."),
        };
}
