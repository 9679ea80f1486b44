using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;
using Microsoft.IdentityModel.Tokens;

namespace SaaSFlows.Accounts.Identity.SigningKeys;

/// <summary>A P-256 key pair and its id.</summary>
internal sealed class SigningKey
{
    // An ECDsa object is not safe for concurrent use, so each signature and each check borrows one.
    private readonly ObjectPool<ECDsa> _pool;
    private readonly ECParameters _public;

    public SigningKey(ECDsa pair)
    {
        var parameters = pair.ExportParameters(includePrivateParameters: true);
        _public = pair.ExportParameters(includePrivateParameters: false);
        Kid = KidOf(pair);
        _pool = new DefaultObjectPool<ECDsa>(new Policy(parameters));
    }

    public string Kid { get; }

    public PublicSigningKey Public => new(Kid, Base64UrlEncoder.Encode(_public.Q.X), Base64UrlEncoder.Encode(_public.Q.Y));

    public static string KidOf(ECDsa pair) => Base64UrlEncoder.Encode(SHA256.HashData(pair.ExportSubjectPublicKeyInfo())[..16]);

    /// <summary>Lends the key in the token library's form.</summary>
    public T Use<T>(Func<ECDsaSecurityKey, T> use)
    {
        var ecdsa = _pool.Get();
        try
        {
            return use(Borrowed(ecdsa));
        }
        finally
        {
            _pool.Return(ecdsa);
        }
    }

    /// <inheritdoc cref="Use"/>
    public async Task<T> UseAsync<T>(Func<ECDsaSecurityKey, Task<T>> use)
    {
        var ecdsa = _pool.Get();
        try
        {
            return await use(Borrowed(ecdsa));
        }
        finally
        {
            _pool.Return(ecdsa);
        }
    }

    // The library's cache would share one ECDsa object between threads.
    private ECDsaSecurityKey Borrowed(ECDsa ecdsa) =>
        new(ecdsa)
        {
            KeyId = Kid,
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };

    private sealed class Policy(ECParameters parameters) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create() => ECDsa.Create(parameters);

        public override bool Return(ECDsa obj) => true;
    }
}
