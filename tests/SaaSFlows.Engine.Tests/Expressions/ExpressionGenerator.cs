namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>Makes expressions whose meaning is the same in JavaScript: it avoids what docs/expressions.md lists as different.</summary>
internal sealed class ExpressionGenerator(int seed)
{
    private static readonly string[] Numbers =
    [
        "0",
        "-0",
        "1",
        "-1",
        "2",
        "3",
        "7",
        "10",
        "41",
        "0.1",
        "0.2",
        "0.5",
        "1.5",
        "2.5",
        "-2.5",
        "1.005",
        "1.45",
        "123.456",
        "1e21",
        "1e-7",
        "1.5e300",
        "5e-324",
        "123456789012345680000",
        "0x1F",
        "0b101",
        "0o17",
        ".5",
        "5.",
        "1E3",
        "NaN",
        "Infinity",
        "-Infinity",
        "input.amount",
        "input.price",
        "variables.count",
    ];

    private static readonly string[] Texts =
    [
        "''",
        "' '",
        "'a'",
        "'abc'",
        "'Ann'",
        "\"b\"",
        "'10'",
        "'-5'",
        "'0x1f'",
        "'1e3'",
        "'.5'",
        "'5.'",
        "'x5'",
        "'a,b,c'",
        "'aaa'",
        "'\\u0041\\x42\\n\\t'",
        "'é'",
        "'\\\\'",
        "'\\u2028'",
        "input.name",
        "input.empty",
        "input.text",
        "input.digits",
        "input.hex",
        "variables.tier",
        "username",
        "input.user.first",
        "'%41é/'",
    ];

    private static readonly string[] Others =
    [
        "true",
        "false",
        "null",
        "undefined",
        "input.yes",
        "input.nothing",
        "input.missing",
        "input.user?.none",
        "input.missing?.a.b",
    ];
    private static readonly string[] Lists =
    [
        "input.items",
        "input.tags",
        "[]",
        "[1, 2, 3]",
        "['b', 'a']",
        "[null, undefined, '']",
        "[true, 2, 'x', NaN]",
        "input.nested",
    ];
    private static readonly string[] FlatLists = ["input.items", "input.tags", "[]", "[3, 'x', null, 1.5]", "input.text.split(' ')"];
    private static readonly string[] Records =
    [
        "input.user",
        "variables",
        "{}",
        "{a: 1, 'b c': 'x', d: [1], e: undefined}",
        "{username, a: {b: null}}",
    ];
    private static readonly string[] Arithmetic = ["+", "-", "*", "/", "%"];
    private static readonly string[] Comparisons = ["<", ">", "<=", ">=", "==", "===", "!=", "!=="];

    // Not a secret: the same expressions on every run.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);

    private int Roll(int sides) => _random.Next(sides);
#pragma warning restore CA5394

    public string Next() => Any(3);

    private string Pick(string[] from) => from[Roll(from.Length)];

    private string Any(int depth) =>
        Roll(8) switch
        {
            0 => List(depth),
            1 => Record(depth),
            2 => $"JSON.stringify({(Roll(2) == 0 ? List(depth - 1) : Record(depth - 1))})",
            _ => Simple(depth),
        };

    private string Simple(int depth) =>
        depth <= 0
            ? Leaf()
            : Roll(15) switch
            {
                0 => Leaf(),
                1 or 2 => Number(depth - 1),
                3 or 4 or 5 => Text(depth - 1),
                6 or 7 => Chain(depth - 1),
                8 => $"({Simple(depth - 1)}) ? {Simple(depth - 1)} : {Simple(depth - 1)}",
                9 => $"({Simple(depth - 1)}) {Pick(["&&", "||", "??"])} ({Simple(depth - 1)})",
                10 => $"{Pick(["!", "-", "+", "typeof ", "!!", "- -"])}({Simple(depth - 1)})",
                11 => $"({Simple(depth - 1)}) {Pick(Comparisons)} ({Simple(depth - 1)})",
                12 => $"{Pick(["Boolean", "isNaN", "Array.isArray", "Number", "String"])}({Simple(depth - 1)})",
                13 => FromList(depth - 1),
                _ => $"({Pick(["'a'", "'first'", "'length'", "0", "'1'", "'b c'", "5"])} in ({Pick([Pick(Lists), Pick(Records)])}))",
            };

    private string Leaf() =>
        Roll(5) switch
        {
            0 => Pick(Others),
            1 or 2 => Pick(Texts),
            _ => Pick(Numbers),
        };

    /// <summary>Operators of mixed precedence without parentheses.</summary>
    private string Chain(int depth)
    {
        var text = $"({Simple(depth)})";
        for (var more = 1 + Roll(4); more > 0; more--)
        {
            text += $" {(Roll(4) == 0 ? Pick(Comparisons) : Pick(Arithmetic))} ({Simple(depth - 1)})";
        }

        return text;
    }

    private string Number(int depth) =>
        Roll(8) switch
        {
            0 => $"Math.{Pick(["abs", "floor", "ceil", "round", "trunc", "sign", "sqrt"])}({Simple(depth)})",
            1 => $"Math.{Pick(["min", "max"])}({string.Join(", ", Enumerable.Range(0, Roll(4)).Select(_ => Simple(depth - 1)))})",
            2 => $"Math.pow({Roll(12) - 5}, {Roll(9) - 3})",
            3 => $"parseInt({Text(depth)}{Pick(["", ", 10", ", 16", ", 2", ", 36", ", 99"])})",
            4 => $"parseFloat({Text(depth)})",
            5 => $"({Text(depth)}).length",
            6 => $"({Text(depth)}).indexOf({Simple(depth - 1)}{Pick(["", ", 1", ", -3"])})",
            _ => Pick(Numbers),
        };

    private string Text(int depth) =>
        depth <= 0
            ? Pick(Texts)
            : $"({Text(depth - 1)})"
                + Roll(19) switch
                {
                    0 => ".toUpperCase()",
                    1 => ".toLowerCase()",
                    2 => ".trim()",
                    3 => $".slice({Roll(9) - 4})",
                    4 => $".slice({Roll(9) - 4}, {Roll(9) - 4})",
                    5 => $".substring({Roll(7) - 2}, {Roll(7) - 2})",
                    6 => $".replace({Pick(Texts)}, {Pick(Texts)})",
                    7 => $".replaceAll({Pick(Texts)}, {Pick(Texts)})",
                    8 => $".padStart({Roll(12)}{Pick(["", ", 'xy'", ", ''"])})",
                    9 => $".padEnd({Roll(12)}{Pick(["", ", 'xy'", ", 0"])})",
                    10 => $".repeat({Pick(["0", "2", "1.9", "'3'", "-1"])})",
                    11 => $".charAt({Roll(6) - 1})",
                    12 => $".split({Pick(["','", "''", "' '", "'a'"])}{Pick(["", ", 2", ", 0", ", -1"])}).join({Pick(["", "'-'", "''", "null"])})",
                    13 => $".concat({Pick(Texts)}, {Leaf()})",
                    14 => $" + {Simple(depth - 1)}",
                    15 => ".toString()",
                    16 => $" + {Pick(["encodeURIComponent", "String"])}({Text(depth - 1)})",
                    17 => $" + ({Number(depth - 1)}).toFixed({Pick(["", "0", "1", "2", "5", "20", "101"])})",
                    _ => $" + ({Roll(1000) - 500}).toString({Pick(["", "2", "16", "36", "10", "1"])})",
                };

    private string FromList(int depth) =>
        Roll(8) switch
        {
            0 => $"({Pick(FlatLists)}).join({Pick(["", "'-'", "''", "0"])})",
            1 => $"({List(depth)}).length",
            2 => $"({Pick(FlatLists)}).includes({Leaf()})",
            3 => $"({Pick(FlatLists)}).indexOf({Leaf()}{Pick(["", ", 1", ", -2"])})",
            4 => $"({Pick(FlatLists)})[{Pick(["0", "1", "-1", "1.5", "'1'", "'01'", "9"])}]",
            5 => $"({Pick(FlatLists)}).at({Pick(["0", "-1", "1.9", "9", "-9"])})",
            6 => $"({Text(depth)}).{Pick(["includes", "startsWith", "endsWith"])}({Leaf()}{Pick(["", ", 1", ", -1", ", 99"])})",
            _ => $"({Text(depth)}).at({Roll(7) - 3})",
        };

    private string List(int depth) =>
        depth <= 0
            ? Pick(Lists)
            : Roll(9) switch
            {
                0 => $"({List(depth - 1)}).slice({Roll(7) - 3}{Pick(["", ", 2", ", -1"])})",
                1 => $"({List(depth - 1)}).concat({Simple(depth - 1)}, {List(depth - 1)})",
                2 => $"({List(depth - 1)}).slice().reverse()",
                3 => $"({List(depth - 1)}).flat({Pick(["", "0", "1", "9"])})",
                4 => $"[{Simple(depth - 1)}, {Any(depth - 1)}]",
                5 => $"Object.{Pick(["keys", "values", "entries"])}({Record(depth - 1)})",
                6 => $"JSON.parse(JSON.stringify({Pick(Lists)}))",
                7 => $"({Text(depth - 1)}).split({Pick(["", "''", "','", "'a'", "', '"])})",
                _ => Pick(Lists),
            };

    private string Record(int depth) =>
        depth <= 0 || Roll(2) == 0 ? Pick(Records) : $"{{{Pick(["a", "'x y'", "first"])}: {Any(depth - 1)}, z: {Simple(depth - 1)}}}";
}
