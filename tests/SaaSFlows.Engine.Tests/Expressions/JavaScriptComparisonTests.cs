using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Expressions.Syntax;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>Generated expressions must give what Node gives.</summary>
public sealed class JavaScriptComparisonTests
{
    private const string NodeProgram = """
        let text = '';
        process.stdin.on('data', chunk => text += chunk).on('end', () => {
          const { scope, expressions } = JSON.parse(text);
          const show = v => Object.is(v, -0) ? '-0' : typeof v + ' ' + (typeof v === 'number' ? String(v) : JSON.stringify(v));
          console.log(JSON.stringify(expressions.map(e => {
            try { return show(new Function(...Object.keys(scope), 'return (' + e + ')')(...Object.values(scope))); } catch { return 'error'; }
          })));
        });
        """;

    [Fact]
    public async Task Generated_expressions_give_what_Node_gives()
    {
        var generator = new ExpressionGenerator(seed: 20_261_121);
        var expressions = Enumerable.Range(0, 2_000).Select(_ => generator.Next()).ToArray();

        var theirs = await RunNode(expressions, TestContext.Current.CancellationToken);

        var differences = expressions.Zip(theirs, (expression, node) => (Expression: expression, Node: node, Ours: Run(expression)))
            .Where(result => result.Node != result.Ours)
            .Select(result => $"{result.Expression}\n    Node {result.Node}\n    ours {result.Ours}")
            .ToArray();
        Assert.True(differences.Length == 0, $"{differences.Length} differences:\n{string.Join('\n', differences.Take(20))}");
        Assert.InRange(theirs.Count(result => result == "error"), 1, theirs.Length / 3);
    }

    private static string Run(string expression)
    {
        var context = new EvaluationContext(new TestScope(), ExpressionLimits.Default);
        if (!Parser.TryParse(expression, out var node, out _) || node.Evaluate(ref context) is var value && context.Failed)
        {
            return "error";
        }

        if (value.Kind == ValueKind.Number)
        {
            return double.IsNegative(value.Number) && value.Number == 0 ? "-0" : $"number {NumberText.Format(value.Number)}";
        }

        var builder = new StringBuilder();
        JsonText.Append(ref context, builder, value, JsonStyle.Stringify);
        return $"{Operators.TypeOf(value)} {(value.Kind == ValueKind.Undefined ? "undefined" : builder)}";
    }

    private static async Task<string[]> RunNode(string[] expressions, CancellationToken ct)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", NodeProgram]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEndAsync(ct);
        await using (var input = node.StandardInput.BaseStream)
        {
            await JsonSerializer.SerializeAsync(input, new { scope = JsonElement.Parse(TestScope.Sample), expressions }, cancellationToken: ct);
        }

        await node.WaitForExitAsync(ct);
        return JsonSerializer.Deserialize<string[]>(await output)!;
    }
}
