using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static System.Buffers.Text.Base64Url;

namespace SaaSFlows.TestKit;

/// <summary>
/// An OpenID Connect issuer on this machine that is not ours: discovery, keys and tokens. Tokens are put together by hand, so that wrong ones can be
/// made.
/// </summary>
public sealed class OutsideIssuer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, AsymmetricAlgorithm> _keys = new();

    public OutsideIssuer()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        AddKey("first", RSA.Create(2048));
        _ = Task.Run(ListenAsync);
    }

    /// <summary>What stands in <c>iss</c>.</summary>
    public string Url { get; }

    public string JwksUri => Url + "/keys";

    /// <summary>The paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int KeyRequests => Requests.Count(path => path == "/keys");

    /// <summary>What discovery answers, if not the truth.</summary>
    public string? Metadata { get; set; }

    /// <summary>What the address of the keys answers, if not the keys.</summary>
    public string? Jwks { get; set; }

    public void AddKey(string kid, AsymmetricAlgorithm key) => _keys[kid] = key;

    public void RemoveKey(string kid) => _keys.TryRemove(kid, out _);

    /// <summary>The public key as a certificate would hold it.</summary>
    public byte[] PublicKey(string kid) => _keys[kid].ExportSubjectPublicKeyInfo();

    /// <summary>
    /// A token as this issuer signs them: for an hour from <paramref name="now"/>, with what is given added or replaced; null leaves out.
    /// </summary>
    public string Token(
        DateTimeOffset now,
        string audience,
        string subject,
        object? claims = null,
        object? header = null,
        string kid = "first",
        string algorithm = "RS256",
        AsymmetricAlgorithm? signWith = null
    )
    {
        var text =
            Encoded(
                new
                {
                    alg = algorithm,
                    typ = "JWT",
                    kid,
                },
                header
            )
            + "."
            + Encoded(
                new
                {
                    iss = Url,
                    aud = audience,
                    sub = subject,
                    iat = now.ToUnixTimeSeconds(),
                    exp = now.AddHours(1).ToUnixTimeSeconds(),
                },
                claims
            );
        return $"{text}.{EncodeToString(Sign(signWith ?? _keys[kid], Encoding.ASCII.GetBytes(text), algorithm))}";
    }

    /// <summary>A token with a signature that somebody else makes over its text.</summary>
    public string Forged(DateTimeOffset now, string audience, string subject, object header, Func<byte[], byte[]> sign)
    {
        var parts = Token(now, audience, subject, null, header).Split('.');
        return $"{parts[0]}.{parts[1]}.{EncodeToString(sign(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}")))}";
    }

    public void Dispose()
    {
        _listener.Close();
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }

    private static string Encoded(object value, object? changes)
    {
        var json = JsonSerializer.SerializeToNode(value)!.AsObject();
        foreach (var (name, change) in changes is null ? [] : JsonSerializer.SerializeToNode(changes)!.AsObject())
        {
            if (change is null)
            {
                json.Remove(name);
            }
            else
            {
                json[name] = change.DeepClone();
            }
        }

        return EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static byte[] Sign(AsymmetricAlgorithm key, byte[] text, string algorithm)
    {
        var hash = algorithm[2..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return key switch
        {
            RSA rsa => rsa.SignData(text, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => ecdsa.SignData(text, hash),
            _ => throw new NotSupportedException(),
        };
    }

    private static JsonObject Jwk(string kid, AsymmetricAlgorithm key)
    {
        if (key is RSA rsa)
        {
            var rsaKey = rsa.ExportParameters(false);
            return new()
            {
                ["kty"] = "RSA",
                ["kid"] = kid,
                ["use"] = "sig",
                ["n"] = EncodeToString(rsaKey.Modulus),
                ["e"] = EncodeToString(rsaKey.Exponent),
            };
        }

        var ecKey = ((ECDsa)key).ExportParameters(false);
        var curve = key.KeySize switch
        {
            256 => "P-256",
            384 => "P-384",
            _ => "P-521",
        };
        return new()
        {
            ["kty"] = "EC",
            ["kid"] = kid,
            ["crv"] = curve,
            ["x"] = EncodeToString(ecKey.Q.X),
            ["y"] = EncodeToString(ecKey.Q.Y),
        };
    }

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                var path = context.Request.Url!.AbsolutePath;
                Requests.Enqueue(path);
                var answer = path switch
                {
                    "/keys" => Jwks ?? new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(key => Jwk(key.Key, key.Value))]) }.ToJsonString(),
                    "/.well-known/openid-configuration" => Metadata ?? new JsonObject { ["issuer"] = Url, ["jwks_uri"] = JwksUri }.ToJsonString(),
                    _ => null,
                };
                context.Response.StatusCode = answer is null ? 404 : 200;
                context.Response.ContentType = "application/json";
                context.Response.Close(Encoding.UTF8.GetBytes(answer ?? "{}"), willBlock: false);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
