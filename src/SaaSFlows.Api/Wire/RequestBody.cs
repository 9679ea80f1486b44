using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Texts;

namespace SaaSFlows.Api.Wire;

/// <summary>Reads request bodies with the errors that the wire promises, which framework binding can't tell apart.</summary>
internal static class RequestBody
{
    /// <summary>Largest body of any route, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How deep JSON may be, and that a field is there once: of two nobody can say which one is meant.</summary>
    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    // Names that are no Unicode can't be compared: what is wrong with them is told by UnicodeCheck.
    private static readonly JsonDocumentOptions _lenient = new() { MaxDepth = Strict.MaxDepth };

    /// <summary>
    /// Reads a JSON object as <typeparamref name="T"/>. An absent body is an empty object where <paramref name="optional"/> is set.
    /// </summary>
    public static async Task<Read<T>> ReadAsync<T>(HttpContext http, bool optional = false)
        where T : class => (await ReadJsonAsync(http, optional)).Match(json => Parse<T>(http, json, null), Read<T>.No);

    /// <summary>Reads the body in UTF-8; an empty object where it is absent and may be.</summary>
    internal static async Task<Read<byte[]>> ReadJsonAsync(HttpContext http, bool optional = false) =>
        (await ReadBytesAsync(http, optional)).Match(
            body => body.Length == 0 ? Read<byte[]>.Yes("{}"u8.ToArray()) : ToUtf8(http.Request, body),
            Read<byte[]>.No
        );

    /// <summary>The body in UTF-8 without a byte order mark, from the charset that its content type names.</summary>
    public static Read<byte[]> ToUtf8(HttpRequest request, byte[] body)
    {
        var charset = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.Charset.Value : null;
        if (Charsets.Find(charset) is not { } encoding)
        {
            return Read<byte[]>.No(
                Answers.Error(ErrorCode.UnsupportedMediaType, "body.charset", $"The charset of the body, {charset}, is not known. Send UTF-8.")
            );
        }

        if (encoding.CodePage == Encoding.UTF8.CodePage && Utf8.IsValid(body))
        {
            return Read<byte[]>.Yes(body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body);
        }

        return Charsets.Decode(body, encoding) is { } text
            ? Read<byte[]>.Yes(Encoding.UTF8.GetBytes(text))
            : Read<byte[]>.No(Answers.Error(ErrorCode.InvalidJson, "body.invalid_encoding", $"The body is not valid {encoding.WebName}."));
    }

    /// <summary>Reads the body as it came.</summary>
    public static async Task<Read<byte[]>> ReadBytesAsync(HttpContext http, bool optional = false)
    {
        var request = http.Request;
        var declared = request.ContentLength;
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return Read<byte[]>.No(
                Answers.Error(
                    ErrorCode.UnsupportedMediaType,
                    "body.content_encoding",
                    $"The body is encoded ({coding}), which is not supported. Send it as it is, without Content-Encoding."
                )
            );
        }

        if (declared > MaxBytes)
        {
            return Read<byte[]>.No(TooLarge());
        }

        // What is announced and does not come costs no memory.
        using var buffer = new MemoryStream((int)Math.Min(declared ?? 4096, 16 * 1024));
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await ReadingAsync(() => request.Body.ReadAsync(chunk, http.RequestAborted))) > 0)
            {
                if (buffer.Length + count > MaxBytes)
                {
                    return Read<byte[]>.No(TooLarge());
                }

                buffer.Write(chunk, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        if (buffer.Length == 0)
        {
            return optional
                ? Read<byte[]>.Yes([])
                : Read<byte[]>.No(Answers.Error(ErrorCode.InvalidJson, "body.empty", "The request has no body; a JSON document is needed."));
        }

        return request.HasJsonContentType()
            ? Read<byte[]>.Yes(buffer.ToArray())
            : Read<byte[]>.No(
                Answers.Error(ErrorCode.UnsupportedMediaType, "body.content_type", "The body must be sent as Content-Type: application/json.")
            );
    }

    /// <summary>
    /// Reads on. Chunks that are not what they say are the sender's mistake, also where Kestrel tells it as an error of input and output.
    /// </summary>
    internal static async ValueTask<int> ReadingAsync(Func<ValueTask<int>> read)
    {
        try
        {
            return await read();
        }
        catch (IOException error) when (error is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new BadHttpRequestException("The body is malformed.", StatusCodes.Status400BadRequest, error);
        }
    }

    /// <param name="shown">A type whose fields are passed over; null for none.</param>
    internal static Read<T> Parse<T>(HttpContext http, byte[] body, Type? shown)
        where T : class
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        try
        {
            using var document = JsonDocument.Parse(body, RulesFor(body));
            if (UnicodeCheck.FirstProblem(body) is { } place)
            {
                return Read<T>.No(Answers.FieldErrors("input.not_unicode", new Dictionary<string, string> { [place] = UnicodeCheck.Problem }));
            }

            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Read<T>.No(Answers.Error(ErrorCode.BadRequest, "body.not_an_object", "The body must be a JSON object."));
            }

            if (
                UnknownFields.Find(document.RootElement, options.GetTypeInfo(typeof(T)), shown is null ? null : options.GetTypeInfo(shown)) is
                { } unknown
            )
            {
                return Read<T>.No(Answers.FieldErrors("input.unknown_field", unknown));
            }
        }
        catch (JsonException error)
        {
            return Read<T>.No(
                RepeatedField.Find(body) is { } repeated
                    ? Answers.FieldErrors("input.repeated_field", new Dictionary<string, string> { [repeated] = "is there more than once." })
                    : InvalidJson(error)
            );
        }

        try
        {
            return Read<T>.Yes(JsonSerializer.Deserialize<T>(body, options)!);
        }
        catch (JsonException error)
        {
            var field = error.Path is { Length: > 2 } path ? path[2..] : "body";
            return Read<T>.No(Answers.FieldErrors("input.wrong_type", new Dictionary<string, string> { [field] = "has the wrong JSON type." }));
        }
    }

    /// <summary>How to parse a document that may not be Unicode.</summary>
    public static JsonDocumentOptions RulesFor(ReadOnlySpan<byte> json) => UnicodeCheck.IsValid(json) ? Strict : _lenient;

    public static IResult InvalidJson(JsonException error) =>
        Answers.Error(
            ErrorCode.InvalidJson,
            "body.invalid_json",
            "The body is not valid JSON.",
            ("line", error.LineNumber + 1),
            ("position", error.BytePositionInLine)
        );

    public static IResult TooLarge() =>
        Answers.Error(ErrorCode.PayloadTooLarge, "body.too_large", $"The body is larger than {MaxBytes:N0} bytes.", ("limit", MaxBytes));
}

/// <summary>A value that was read from the request, or the answer that says why it can't be.</summary>
internal sealed class Read<T>
    where T : class
{
    private readonly T? value;
    private readonly IResult? refusal;

    private Read(T? value, IResult? refusal) => (this.value, this.refusal) = (value, refusal);

    public static Read<T> Yes(T value) => new(value, null);

    public static Read<T> No(IResult refusal) => new(null, refusal);

    public bool Is([NotNullWhen(true)] out T? ok, [NotNullWhen(false)] out IResult? refused)
    {
        ok = value;
        refused = refusal;
        return refusal is null;
    }

    public TAnswer Match<TAnswer>(Func<T, TAnswer> ok, Func<IResult, TAnswer> refused) => refusal is null ? ok(value!) : refused(refusal);
}
