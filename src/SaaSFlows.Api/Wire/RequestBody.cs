using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Api.Wire;

/// <summary>Reads request bodies with the errors that the wire promises, which framework binding can't tell apart.</summary>
internal static class RequestBody
{
    /// <summary>Largest body of any route, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How deep JSON may be.</summary>
    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Reads a JSON object as <typeparamref name="T"/>. An absent body is an empty object where <paramref name="optional"/> is set.</summary>
    public static async Task<Read<T>> ReadAsync<T>(HttpContext http, bool optional = false)
        where T : class
    {
        var bytes = await ReadBytesAsync(http, optional);
        return bytes.Match(body => Parse<T>(http, body.Length == 0 ? "{}"u8.ToArray() : body), Read<T>.No);
    }

    /// <summary>Reads the body as it came.</summary>
    public static async Task<Read<byte[]>> ReadBytesAsync(HttpContext http, bool optional = false)
    {
        var request = http.Request;
        var declared = request.ContentLength;
        if (declared > MaxBytes)
        {
            return Read<byte[]>.No(TooLarge());
        }

        using var buffer = new MemoryStream((int)(declared ?? 4096));
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int count;
            while ((count = await request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
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
            return optional ? Read<byte[]>.Yes([]) : Read<byte[]>.No(Answers.Error(ErrorCode.InvalidJson, "body.empty", "The request has no body; a JSON document is needed."));
        }

        return request.HasJsonContentType()
            ? Read<byte[]>.Yes(buffer.ToArray())
            : Read<byte[]>.No(Answers.Error(ErrorCode.UnsupportedMediaType, "body.content_type", "The body must be sent as Content-Type: application/json."));
    }

    private static Read<T> Parse<T>(HttpContext http, byte[] body)
        where T : class
    {
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Read<T>.No(Answers.Error(ErrorCode.BadRequest, "body.not_an_object", "The body must be a JSON object."));
            }

            if (UnknownFields.Find(document.RootElement, options.GetTypeInfo(typeof(T))) is { } unknown)
            {
                return Read<T>.No(Answers.FieldErrors("input.unknown_field", unknown));
            }
        }
        catch (JsonException error)
        {
            return Read<T>.No(InvalidJson(error));
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

    public static IResult InvalidJson(JsonException error) =>
        Answers.Error(
            ErrorCode.InvalidJson,
            "body.invalid_json",
            "The body is not valid JSON.",
            ("line", error.LineNumber + 1),
            ("position", error.BytePositionInLine));

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
