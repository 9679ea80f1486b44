using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Tests;

/// <summary>One run of an activity, its templates evaluated as in the product, with everything that it did.</summary>
internal sealed class ActivityRun(string config, string input = "null") : IActivityContext, INodeConfig, IExpressionScope
{
    private readonly JsonElement fields = Json.Of(config);

    public ExecutionRef Execution { get; } =
        new(
            new ExecutionId(Guid.Parse("019a0000-0000-7000-8000-000000000001")),
            new TenantId(Guid.Parse("019a0000-0000-7000-8000-000000000002")),
            new CommunityId(456),
            new EntityId(123),
            new WorkflowId(Guid.Parse("019a0000-0000-7000-8000-000000000003"))
        );

    public NodeId Node { get; } = new("node1");

    public INodeConfig Config => this;

    public JsonElement Input { get; } = Json.Of(input);

    public DateTimeOffset Now { get; init; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public string IdempotencyKey => $"{Execution.Id}:{Node}:0";

    public BookmarkId NextBookmark { get; } = new(Guid.Parse("019a0000-0000-8000-8000-000000000004"));

    public int Attempt { get; init; } = 1;

    /// <summary>The ids that were made, from 1 on.</summary>
    public int Ids { get; private set; }

    public Guid NewId() => new(++Ids, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 0]);

    public Dictionary<string, JsonElement> Variables { get; } = [];

    public Dictionary<string, VariableScope> Scopes { get; } = [];

    public List<string> Logs { get; } = [];

    /// <summary>What names stand for.</summary>
    public JsonElement Names { get; init; } = Json.Of("{}");

    public async Task<ActivityResult> Of(IActivity activity) => await activity.ExecuteAsync(this, TestContext.Current.CancellationToken);

    public async Task<ActivityResult.Completed> CompletedBy(IActivity activity) => Assert.IsType<ActivityResult.Completed>(await Of(activity));

    public async Task<ActivityResult.Failed> FailedBy(IActivity activity) => Assert.IsType<ActivityResult.Failed>(await Of(activity));

    public JsonElement Lookup(string path) => Names.At(path);

    public JsonElement Named(string name) => Lookup(name);

    public void SetVariable(string name, JsonElement value, VariableScope scope = VariableScope.Workflow) =>
        (Variables[name], Scopes[name]) = (value, scope);

    public void Log(string message) => Logs.Add(message);

    public bool Has(string name) => fields.At(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public JsonElement Raw(string name) => Has(name) ? fields.At(name) : default;

    public JsonElement Value(string name)
    {
        if (!Has(name))
        {
            return default;
        }

        Assert.True(Compiled(name).TryEvaluate(this, ExpressionLimits.Default, out var value, out var error), error?.Message);
        return value;
    }

    public JsonElement Value(string name, IReadOnlyDictionary<string, JsonElement> own)
    {
        Assert.True(Compiled(name).TryEvaluate(new OwnNames(own, this), ExpressionLimits.Default, out var value, out var error), error?.Message);
        return value;
    }

    public string? Text(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        Assert.True(Compiled(name).TryEvaluateText(this, ExpressionLimits.Default, out var text, out var error), error?.Message);
        return text;
    }

    public bool TryResolve(string name, out ExpressionValue value)
    {
        value = ExpressionValue.From(name == "input" ? Input : Names.At(name));
        return name == "input" || Names.TryGetProperty(name, out _);
    }

    private sealed class OwnNames(IReadOnlyDictionary<string, JsonElement> own, IExpressionScope outer) : IExpressionScope
    {
        public bool TryResolve(string name, out ExpressionValue value)
        {
            value = own.TryGetValue(name, out var found) ? ExpressionValue.From(found) : default;
            return own.ContainsKey(name) || outer.TryResolve(name, out value);
        }
    }

    private CompiledValue Compiled(string name)
    {
        Assert.True(CompiledValue.TryCompile(fields.At(name), out var compiled, out var error), error?.Message);
        return compiled!;
    }
}
