using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>One generated request. The same seed, number and ids make the same one.</summary>
internal sealed partial class BadRequest
{
    private readonly Random random;
    private readonly IReadOnlyDictionary<string, string> own;
    private readonly IReadOnlyDictionary<string, string> others;
    private string method;
    private string target;
    private byte[]? body;
    private string? contentType;
    private readonly List<(string Name, string Value)> headers = [];

    /// <param name="own">Ids of the caller, by parameter.</param>
    /// <param name="others">Ids of another tenant.</param>
    public BadRequest(int seed, int number, Operation operation, IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> others)
    {
        // Not HashCode: its values differ from process to process.
        random = new Random(unchecked((seed * 1_000_003) + number));
        (this.own, this.others) = (own, others);
        var spoilt = random.Next(1, 16);
        method = operation.Method;
        target =
            Parameter().Replace(operation.Template, name => Segment(name.Groups[1].Value, (spoilt & 1) != 0 && random.Next(2) == 0))
            + Query(operation, (spoilt & 2) != 0);
        SetBody(operation, (spoilt & 4) != 0);
        if ((spoilt & 8) != 0)
        {
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                headers.Add(Pick(BadValues.Headers));
            }
        }

        if (random.Next(20) == 0)
        {
            method = Pick(BadValues.Methods);
        }

        if (operation.Template.EndsWith("/ws", StringComparison.Ordinal) && random.Next(2) == 0)
        {
            headers.AddRange([
                ("Connection", "Upgrade"),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ]);
        }
    }

    public string Method => method;

    /// <summary>The path without what follows a question mark, as it is sent.</summary>
    public string Path => target.Split('?')[0];

    /// <summary>Whether the caller's own credentials go with it.</summary>
    public bool IsAuthentic => headers.TrueForAll(header => header.Name is not ("Authorization" or "X-API-Key" or "Cookie" or "Host"));

    public HttpRequestMessage ToMessage(Uri address, string? authorization)
    {
        // As it is: the class Uri would put paths in order.
        var message = new HttpRequestMessage(
            new HttpMethod(method),
            new Uri($"http://{address.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
        );
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (authorization is not null && IsAuthentic)
        {
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return message;
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {Short(target)}");
        headers.ForEach(header => text.Append(CultureInfo.InvariantCulture, $"\n  {header.Name}: {Short(header.Value)}"));
        return body is null ? $"{text}" : $"{text}\n  Content-Type: {contentType}\n  {body.Length} bytes: {Short(Encoding.UTF8.GetString(body))}";
    }

    private static string Short(string text) => text.Length > 1_500 ? $"{text[..1_500]}… ({text.Length} characters)" : text;

    private T Pick<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];

    private string Segment(string name, bool isSpoilt)
    {
        if (isSpoilt)
        {
            return random.Next(4) == 0 && others.TryGetValue(name, out var foreign) ? foreign : Pick(BadValues.Text);
        }

        return own.TryGetValue(name, out var id) ? id : $"{Guid.Empty}";
    }

    private string Query(Operation operation, bool isSpoilt)
    {
        if (!isSpoilt)
        {
            return "";
        }

        var known = operation.Json.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Select(Contract.Resolve)
                .Where(parameter => parameter.GetProperty("in").GetString() == "query")
                .Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];
        string[] names = [.. known, "page", "per_page", "limit", "unknown", "", "[]", "%00"];
        return "?"
            + string.Join(
                '&',
                Enumerable
                    .Range(0, random.Next(1, 5))
                    .Select(_ => $"{Pick(names)}={Pick(BadValues.Text).Replace("#", "%23", StringComparison.Ordinal)}")
            );
    }

    private void SetBody(Operation operation, bool isSpoilt)
    {
        var good = BadBody.Good(operation, own, random);
        if (good is null && !isSpoilt)
        {
            return;
        }

        var isForm =
            operation.Json.TryGetProperty("requestBody", out var described)
            && Contract.Resolve(described).GetProperty("content").EnumerateObject().First().Name == "application/x-www-form-urlencoded";
        contentType = isForm ? "application/x-www-form-urlencoded" : "application/json";
        if (isSpoilt && random.Next(6) == 0)
        {
            contentType = Pick(BadValues.ContentTypes);
        }

        body =
            isSpoilt && (good is null || random.Next(4) == 0) ? Pick(BadValues.Bodies)
            : isForm ? Form((JsonObject)good!, isSpoilt)
            : isSpoilt ? new BadBody(random).Spoil(good!)
            : Encoding.UTF8.GetBytes(good!.ToJsonString());
    }

    private byte[] Form(JsonObject fields, bool isSpoilt) =>
        Encoding.UTF8.GetBytes(
            string.Join(
                '&',
                fields.Select(field =>
                    $"{field.Key}={(isSpoilt && random.Next(2) == 0 ? Pick(BadValues.Text) : WebUtility.UrlEncode($"{field.Value}"))}"
                )
            )
        );

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
