using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Api.Wire;

/// <summary>
/// Reads changes of what a GET shows, so that what it gave can be sent back: fields that can't be changed are taken if they are as they stand.
/// </summary>
internal static class ChangeBody
{
    /// <summary>Reads a JSON object as <typeparamref name="T"/>, which may also have the other fields of <typeparamref name="TShown"/>.</summary>
    /// <param name="shown">What a GET would show now; null if the change itself will be refused, such as for what the caller does not see.</param>
    /// <param name="moving">Fields that change by themselves: they are taken however they are.</param>
    public static async Task<Read<T>> ReadAsync<T, TShown>(HttpContext http, Func<T, Task<TShown?>> shown, params string[] moving)
        where T : class
        where TShown : class
    {
        if (!(await RequestBody.ReadJsonAsync(http)).Is(out var json, out var refusal))
        {
            return Read<T>.No(refusal);
        }

        var read = RequestBody.Parse<T>(http, json, typeof(TShown));
        if (!read.Is(out var change, out _))
        {
            return read;
        }

        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var type = options.GetTypeInfo(typeof(T));
        using var document = JsonDocument.Parse(json, RequestBody.Strict);
        var echoed = document
            .RootElement.EnumerateObject()
            .Where(field => field.Value.ValueKind != JsonValueKind.Null && !UnknownFields.Knows(type, field.Name) && !moving.Contains(field.Name))
            .ToList();
        if (echoed.Count == 0 || await shown(change) is not { } now)
        {
            return read;
        }

        var standing = JsonSerializer.SerializeToElement(now, now.GetType(), options);
        var changed = echoed
            .Where(field => !standing.TryGetProperty(field.Name, out var value) || !IsSame(value, field.Value))
            .Select(field => field.Name)
            .Distinct()
            .ToDictionary(name => name, _ => "can't be changed: leave it out, or send it as it is now.");
        return changed.Count == 0 ? read : Read<T>.No(Answers.FieldErrors("input.read_only", changed));
    }

    // Z and +00:00 say the same.
    private static bool IsSameTime(JsonElement now, JsonElement sent) =>
        now.ValueKind == JsonValueKind.String
        && sent.ValueKind == JsonValueKind.String
        && now.TryGetDateTimeOffset(out var standing)
        && sent.TryGetDateTimeOffset(out var given)
        && standing == given;

    private static bool IsSame(JsonElement now, JsonElement sent)
    {
        try
        {
            return JsonElement.DeepEquals(now, sent) || IsSameTime(now, sent);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return false;
        }
    }
}
