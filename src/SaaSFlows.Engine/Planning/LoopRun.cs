using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Planning;

/// <summary>A loop that runs. What it remembers does not grow with its iterations, except for results that were asked for.</summary>
internal sealed class LoopRun(EventBody.LoopStarted body)
{
    private readonly List<JsonElement> _results = [];
    private JsonElement.ArrayEnumerator _items = body.Items.ValueKind == JsonValueKind.Array ? body.Items.EnumerateArray() : default;
    private int _resultBytes;

    /// <summary>What a loop puts out whose condition never held.</summary>
    public static JsonElement NoIteration { get; } = JsonElement.Parse("""{"count":0,"broken":false}""");

    public bool HasItems { get; } = body.Items.ValueKind == JsonValueKind.Array;

    public string? ItemName => body.Item;

    public string? IndexName => body.Index;

    /// <summary>Iterations begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Iterations that ended by themselves.</summary>
    public int Ended { get; private set; }

    /// <summary>Iterations that run.</summary>
    public List<ScopeInstance> Open { get; } = [];

    public bool IsBroken { get; set; }

    /// <summary>Its token went on from a break: it does not leave by itself.</summary>
    public bool HasLeft { get; set; }

    /// <summary>The results are larger than they may be.</summary>
    public bool IsOverflowing { get; private set; }

    /// <summary>Bytes that the results may have; null if nobody asked for them.</summary>
    public int? ResultLimit => body.CollectBytes;

    /// <summary>Whether another iteration of an array may begin now; then <paramref name="item"/> is what it is about.</summary>
    public bool TryNext(out JsonElement item)
    {
        item = default;
        if (!HasItems || IsBroken || IsOverflowing || Open.Count >= body.MaxParallel || !_items.MoveNext())
        {
            return false;
        }

        item = _items.Current;
        return true;
    }

    public int Begin() => Begun++;

    public void End(int index, JsonElement result)
    {
        Ended++;
        if (ResultLimit is not { } limit || IsOverflowing)
        {
            return;
        }

        // Side by side, iterations end in any order.
        while (_results.Count <= index)
        {
            _results.Add(default);
        }

        _results[index] = result;
        _resultBytes += 1 + (result.ValueKind == JsonValueKind.Undefined ? 4 : JsonMarshal.GetRawUtf8Value(result).Length);
        IsOverflowing = _resultBytes > limit;
    }

    /// <summary>What the loop puts out when it is over.</summary>
    public JsonElement Output()
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        writer.WriteNumber("count"u8, Ended);
        writer.WriteBoolean("broken"u8, IsBroken);
        if (ResultLimit is not null)
        {
            writer.WriteStartArray("results"u8);
            foreach (var result in _results)
            {
                writer.WriteRawValue(
                    result.ValueKind == JsonValueKind.Undefined ? "null"u8 : JsonMarshal.GetRawUtf8Value(result),
                    skipInputValidation: true
                );
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        return JsonElement.Parse(scratch.Written, JsonScratch.Nested);
    }
}
