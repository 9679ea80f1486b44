using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Expressions.Syntax;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.LocalSetup;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>Generated expressions must give what QuickJS gives.</summary>
public sealed class JavaScriptComparisonTests
{
    // Everything runs inside QuickJS; Node only starts it and passes text through.
    private const string Program = """
        import { readFileSync } from 'node:fs';
        import { createRequire } from 'node:module';
        import { QuickJS } from 'quickjs-wasi';
        const compare = (text) => {
          const { scope, expressions } = JSON.parse(text);
          const show = v => Object.is(v, -0) ? '-0' : typeof v + ' ' + (typeof v === 'number' ? String(v) : JSON.stringify(v));
          return JSON.stringify(expressions.map(e => {
            try { return show(new Function(...Object.keys(scope), 'return (' + e + ')')(...Object.values(scope))); } catch { return 'error'; }
          }));
        };
        const wasm = readFileSync(createRequire(process.cwd() + '/package.json').resolve('quickjs-wasi/quickjs.wasm'));
        const vm = await QuickJS.create({ wasm });
        console.log(vm.evalCode(`(${compare})(${JSON.stringify(readFileSync(0, 'utf8'))})`).toString());
        """;

    [Fact]
    public async Task Generated_expressions_give_what_QuickJS_gives()
    {
        var generator = new ExpressionGenerator(seed: 20_261_121);
        var expressions = Enumerable.Range(0, 2_000).Select(_ => generator.Next()).ToArray();

        var theirs = await RunQuickJs(expressions, TestContext.Current.CancellationToken);

        var differences = expressions
            .Zip(theirs, (expression, quick) => (Expression: expression, QuickJs: quick, Ours: Run(expression)))
            .Where(result => result.QuickJs != result.Ours)
            .Select(result => $"{result.Expression}\n    QuickJS {result.QuickJs}\n    ours {result.Ours}")
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

    private static async Task<string[]> RunQuickJs(string[] expressions, CancellationToken ct)
    {
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, ct);
        using var node = Process.Start(
            new ProcessStartInfo("node", ["--input-type=module", "-e", Program])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                WorkingDirectory = root,
            }
        )!;
        var output = node.StandardOutput.ReadToEndAsync(ct);
        await using (var input = node.StandardInput.BaseStream)
        {
            await JsonSerializer.SerializeAsync(input, new { scope = JsonElement.Parse(TestScope.Sample), expressions }, cancellationToken: ct);
        }

        await node.WaitForExitAsync(ct);
        return JsonSerializer.Deserialize<string[]>(await output)!;
    }
}
