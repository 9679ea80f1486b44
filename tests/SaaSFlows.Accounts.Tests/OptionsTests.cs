using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;

namespace SaaSFlows.Accounts.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, Action> Wrong =>
        new()
        {
            {
                "Tenants:DeleteGraceDays",
                new TenantOptions { DeleteGraceDays = -1 }.Validate
            },
            {
                "Tenants:DeleteGraceDays",
                new TenantOptions { DeleteGraceDays = 0 }.Validate
            },
            {
                "Tenants:DeleteGraceDays",
                new TenantOptions { DeleteGraceDays = 366 }.Validate
            },
            {
                "Tenants:DeleteGraceDays",
                new TenantOptions { DeleteGraceDays = int.MaxValue }.Validate
            },
            {
                "Tenants:Domain",
                new TenantOptions { Domain = "https://flows.example.com" }.Validate
            },
            {
                "Tenants:Domain",
                new TenantOptions { Domain = "localhost:8070" }.Validate
            },
            {
                "Tenants:Domain",
                new TenantOptions { Domain = ".localhost" }.Validate
            },
            {
                "Tenants:Domain",
                new TenantOptions { Domain = "10.0.0.1" }.Validate
            },
            {
                "AccessTokens:Lifetime",
                new AccessTokenOptions { Lifetime = TimeSpan.Zero }.Validate
            },
            {
                "AccessTokens:Lifetime",
                new AccessTokenOptions { Lifetime = TimeSpan.FromDays(2), RefreshLifetime = TimeSpan.FromDays(7) }.Validate
            },
            {
                "AccessTokens:RefreshLifetime",
                new AccessTokenOptions { RefreshLifetime = TimeSpan.FromMinutes(1) }.Validate
            },
            {
                "AccessTokens:RefreshLifetime",
                new AccessTokenOptions { RefreshLifetime = TimeSpan.MaxValue }.Validate
            },
            {
                "AccessTokens:SigningKeyLifetime",
                new AccessTokenOptions { SigningKeyLifetime = TimeSpan.FromDays(1) }.Validate
            },
            {
                "AccessTokens:SigningKeyLifetime",
                new AccessTokenOptions { SigningKeyLifetime = TimeSpan.MaxValue }.Validate
            },
            {
                "AccessTokens:Issuer",
                new AccessTokenOptions { Issuer = " " }.Validate
            },
            {
                "Licensing:MaxWorkflowsPerTenant",
                new LicensingOptions { MaxWorkflowsPerTenant = -1 }.Validate
            },
            {
                "Mail:Port",
                new MailOptions { Port = 0 }.Validate
            },
            {
                "Mail:Timeout",
                new MailOptions { Timeout = TimeSpan.MaxValue }.Validate
            },
            {
                "Mail:From",
                new MailOptions { Host = "mail.example.com", From = "nobody" }.Validate
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_cannot_work_stops_the_start_by_its_name(string setting, Action validate)
    {
        var error = Assert.Throws<OptionsValidationException>(validate);

        Assert.StartsWith($"The setting {setting} must ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_work()
    {
        new TenantOptions().Validate();
        new TenantOptions { Domain = "" }.Validate();
        new AccessTokenOptions().Validate();
        new LicensingOptions().Validate();
        new MailOptions().Validate();
    }
}
