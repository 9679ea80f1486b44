using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres;
using SaaSFlows.TestKit;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Tests;

/// <summary>One process of the product, as far as this module goes. Several may share a database.</summary>
internal sealed class AccountsHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    public const string SharedMasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;

    public AccountsHost(
        TestDatabase database,
        int? maxWorkflows = null,
        string masterKey = SharedMasterKey,
        Action<IServiceCollection>? configure = null
    )
    {
        _database = database;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(MasterKeys.Load(new() { Current = masterKey }, NullLogger<MasterKeys>.Instance));
        services.AddPostgres(database.Roles);
        services.AddAccounts(new AccessTokenOptions(), new LicensingOptions { MaxWorkflowsPerTenant = maxWorkflows }, new MailOptions());
        // What a hash costs is not what these tests are about.
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1000);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    // The database rounds to microseconds.
    public ManualTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));

    public AccessTokens Tokens => Get<AccessTokens>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static string NewEmail() => $"u{Guid.NewGuid():N}@example.com";

    public async Task<AccountsResult<Registration>> TryRegisterAsync(string? email, string? tenant = "Acme", string? password = Password)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RegisterHandler>().HandleAsync(new(tenant, email, password, ForCookie: false), Ct);
    }

    public async Task<Registration> RegisterAsync(string? email = null, string tenant = "Acme") =>
        (await TryRegisterAsync(email ?? NewEmail(), tenant)).Value();

    public async Task<AccountsResult<Session>> SignInAsync(string? email, string? password = Password, bool forCookie = false, string? address = null)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope
            .ServiceProvider.GetRequiredService<SignInHandler>()
            .HandleAsync(new(email, password, forCookie) { From = new(null, address) }, Ct);
    }

    public Task<AccountsResult<Session>> RefreshAsync(string? token, bool forCookie = false) =>
        Get<SessionsHandler>().RefreshAsync(new(token, forCookie, ClientInfo.Unknown), Ct);

    public async Task<ValidToken> ValidateAsync(string token) => (await Tokens.ValidateAsync(token, Ct)).Value();

    /// <summary>As a superuser: prepares or looks at rows behind the product's back.</summary>
    public async Task<object?> SqlAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(_database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteScalarAsync(Ct);
    }

    public async Task<long> CountAsync(string from, params object[] values) => (long)(await SqlAsync("select count(*) from " + from, values))!;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
