using System.Runtime.CompilerServices;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Catalogue;

public sealed class DescriptorTests
{
    private static readonly string[] Categories = ["trigger", "condition", "action", "data", "loop", "flow"];

    public static TheoryData<string> Types => [.. BuiltIn.All.Select(activity => activity.Descriptor.Type)];

    [Fact]
    public void No_name_means_two_activities() => Assert.Equal(BuiltIn.All.Count, new ActivityCatalogue(BuiltIn.All).Descriptors.Count);

    [Theory]
    [MemberData(nameof(Types))]
    public void Schema_compiles_and_accepts_its_own_defaults(string type)
    {
        var schema = BuiltIn.Descriptor(type).ConfigSchema;
        var defaults = schema
            .GetProperty("properties")
            .EnumerateObject()
            .Where(property => property.Value.TryGetProperty("default", out _))
            .ToDictionary(property => property.Name, property => property.Value.GetProperty("default"));

        var report = ConfigSchema.Compile(schema).Check(JsonSerializer.SerializeToElement(defaults));

        Assert.DoesNotContain(report.Errors, error => defaults.ContainsKey(error.Path));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Schema_is_closed_and_each_field_has_a_title(string type)
    {
        var schema = BuiltIn.Descriptor(type).ConfigSchema;

        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.All(schema.GetProperty("properties").EnumerateObject(), property => Assert.NotEmpty(property.Value.GetProperty("title").GetString()!));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_alias_and_retry_count_stands_for_a_field_of_the_schema(string type)
    {
        var descriptor = BuiltIn.Descriptor(type);
        var fields = Names(descriptor.ConfigSchema, "properties").Concat(Names(descriptor.ConfigSchema, "x-reserved")).ToList();

        Assert.All(descriptor.ConfigAliases.Values, field => Assert.Contains(field, fields));
        Assert.All(descriptor.ConfigAliases.Keys, alias => Assert.DoesNotContain(alias, fields));
        Assert.True(descriptor.RetryCountField is null || fields.Contains(descriptor.RetryCountField));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Descriptor_is_consistent(string type)
    {
        var activity = BuiltIn.All.Single(activity => activity.Descriptor.Type == type);
        var descriptor = activity.Descriptor;

        Assert.Contains(descriptor.Category, Categories);
        Assert.Equal(descriptor.IsTrigger, descriptor.Category == "trigger");
        Assert.Equal(descriptor.IsTrigger, descriptor.Inputs.Count == 0);
        Assert.Equal(descriptor.CanSuspend, activity is IResumableActivity);
        Assert.Equal(descriptor.HasEffects, descriptor.DefaultTimeout is not null);
        Assert.Equal(!descriptor.IsTrigger && descriptor.Outputs.Count > 0, descriptor.Outputs.Contains("error"));
        Assert.EndsWith(".", descriptor.Description, StringComparison.Ordinal);
        Assert.Equal(descriptor.Outputs.Count > 0, descriptor.Produces.Length > 0);
        Assert.False(descriptor.Produces.EndsWith('.'), "It becomes the end of a sentence.");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Icon_is_one_that_the_studio_has(string type)
    {
        var icons = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../studio/src/components/flow/icons.ts"));
        var name = string.Concat(BuiltIn.Descriptor(type).Icon.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

        Assert.Contains($"Icon{name},", icons, StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private static IEnumerable<string> Names(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var fields) ? fields.EnumerateObject().Select(field => field.Name) : [];
}
