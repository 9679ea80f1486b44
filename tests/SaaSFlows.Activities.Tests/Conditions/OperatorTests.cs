using System.Text.Json;
using SaaSFlows.Activities.Conditions;

namespace SaaSFlows.Activities.Tests.Conditions;

public sealed class OperatorTests
{
    private const string Missing = "";

    [Theory]
    [InlineData("5", "5.0", true)]
    [InlineData("5", "\"5\"", true)]
    [InlineData("\" 5 \"", "5", true)]
    [InlineData("5", "\"five\"", false)]
    [InlineData("5", "true", false)]
    [InlineData("1", "[1]", false)]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("9007199254740993", "\"9007199254740993\"", true)]
    [InlineData("0.1", "0.10", true)]
    [InlineData("1e400", "1e401", false)]
    [InlineData("\"a\"", "\"a\"", true)]
    [InlineData("\"a\"", "\"A\"", false)]
    [InlineData("\"1.0\"", "\"1\"", false)]
    [InlineData("true", "true", true)]
    [InlineData("true", "\"true\"", true)]
    [InlineData("\"false\"", "false", true)]
    [InlineData("true", "1", false)]
    [InlineData("null", "null", true)]
    [InlineData(Missing, "null", true)]
    [InlineData("null", "\"\"", false)]
    [InlineData("null", "0", false)]
    [InlineData("null", "false", false)]
    [InlineData("[1,2]", "[1.0,2]", true)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", true)]
    [InlineData("""{"a":1}""", "\"{}\"", false)]
    public void Equals_and_not_equals_are_opposites(string actual, string expected, bool equal)
    {
        Assert.Equal(equal, Holds("equals", actual, expected));
        Assert.Equal(equal, Holds("equals", expected, actual));
        Assert.Equal(!equal, Holds("not_equals", actual, expected));
    }

    [Theory]
    [InlineData("2", "10", -1)]
    [InlineData("\"2\"", "10", -1)]
    [InlineData("\"2\"", "\"10\"", -1)]
    [InlineData("-0.5", "\"-0.25\"", -1)]
    [InlineData("10", "10.0", 0)]
    [InlineData("9007199254740992", "9007199254740993", -1)]
    [InlineData("\"apple\"", "\"banana\"", -1)]
    [InlineData("\"Z\"", "\"a\"", -1)]
    [InlineData("\"2026-11-21T10:00:00Z\"", "\"2026-11-21T11:00:00Z\"", -1)]
    [InlineData("\"x\"", "\"x\"", 0)]
    public void Order_is_that_of_numbers_else_that_of_text(string left, string right, int order)
    {
        AssertOrder(left, right, order);
        AssertOrder(right, left, -order);
    }

    [Theory]
    [InlineData("null", "1")]
    [InlineData("null", "null")]
    [InlineData(Missing, "\"a\"")]
    [InlineData("5", "\"five\"")]
    [InlineData("true", "false")]
    [InlineData("true", "0")]
    [InlineData("[1]", "[0]")]
    [InlineData("""{"a":1}""", "1")]
    [InlineData("1e400", "1")]
    [InlineData("\"NaN\"", "1")]
    [InlineData("\"Infinity\"", "1")]
    public void Values_that_have_no_order_are_neither_greater_nor_less_nor_equal(string left, string right)
    {
        foreach (var name in new[] { "greater_than", "less_than", "greater_equal", "less_equal" })
        {
            Assert.False(Holds(name, left, right));
            Assert.False(Holds(name, right, left));
        }
    }

    [Theory]
    [InlineData("\"hello world\"", "\"lo w\"", true)]
    [InlineData("\"hello\"", "\"LO\"", false)]
    [InlineData("\"hello\"", "\"\"", true)]
    [InlineData("12345", "34", true)]
    [InlineData("\"a1b\"", "1", true)]
    [InlineData("[1,\"a\",null]", "\"1\"", true)]
    [InlineData("[1,\"a\",null]", "\"b\"", false)]
    [InlineData("[1,null]", "null", true)]
    [InlineData("[[1]]", "[1]", true)]
    [InlineData("[]", "null", false)]
    [InlineData("""{"a":null}""", "\"a\"", true)]
    [InlineData("""{"a":null}""", "\"b\"", false)]
    [InlineData("null", "\"\"", false)]
    [InlineData("\"null\"", "null", false)]
    [InlineData(Missing, "\"a\"", false)]
    public void Contains_and_not_contains_are_opposites(string whole, string part, bool contained)
    {
        Assert.Equal(contained, Holds("contains", whole, part));
        Assert.Equal(!contained, Holds("not_contains", whole, part));
    }

    [Theory]
    [InlineData("\"b\"", """["a","b"]""", true)]
    [InlineData("2", """["1","2"]""", true)]
    [InlineData("\"b\"", "\"a, b ,c\"", true)]
    [InlineData("2", "\"1,2\"", true)]
    [InlineData("\"\"", "\"a,,b\"", true)]
    [InlineData("\"B\"", "\"a,b\"", false)]
    [InlineData("5", "5", true)]
    [InlineData("null", """["a",null]""", true)]
    [InlineData(Missing, """["a"]""", false)]
    [InlineData("\"a\"", "[]", false)]
    [InlineData("\"a\"", "null", false)]
    public void In_list_and_not_in_list_are_opposites(string value, string list, bool listed)
    {
        Assert.Equal(listed, Holds("in_list", value, list));
        Assert.Equal(!listed, Holds("not_in_list", value, list));
    }

    [Theory]
    [InlineData(Missing, false, true)]
    [InlineData("null", false, true)]
    [InlineData("\"\"", true, true)]
    [InlineData("\" \"", true, false)]
    [InlineData("[]", true, true)]
    [InlineData("[null]", true, false)]
    [InlineData("{}", true, true)]
    [InlineData("""{"a":null}""", true, false)]
    [InlineData("0", true, false)]
    [InlineData("false", true, false)]
    public void Exists_and_is_empty(string value, bool exists, bool empty)
    {
        Assert.Equal(exists, Holds("exists", value, Missing));
        Assert.Equal(empty, Holds("is_empty", value, Missing));
    }

    [Theory]
    [InlineData("\"hello\"", "\"he\"", true, false)]
    [InlineData("\"hello\"", "\"lo\"", false, true)]
    [InlineData("\"hello\"", "\"HE\"", false, false)]
    [InlineData("\"hello\"", "\"\"", true, true)]
    [InlineData("1201", "\"1\"", true, true)]
    [InlineData("null", "\"n\"", false, false)]
    [InlineData("[1]", "\"[\"", false, false)]
    [InlineData("\"undefined\"", Missing, false, false)]
    public void Starts_with_and_ends_with(string text, string part, bool starts, bool ends)
    {
        Assert.Equal(starts, Holds("starts_with", text, part));
        Assert.Equal(ends, Holds("ends_with", text, part));
    }

    [Theory]
    [InlineData("\"order-123\"", "\"^order-\\\\d+$\"", true)]
    [InlineData("\"Order-1\"", "\"(?i)^order\"", true)]
    [InlineData("\"Order-1\"", "\"^order\"", false)]
    [InlineData("404", "\"^4..$\"", true)]
    [InlineData("null", "\".*\"", false)]
    [InlineData("[1]", "\".*\"", false)]
    public void Matches_regex_searches_the_text(string text, string pattern, bool matches) =>
        Assert.Equal(matches, Holds("matches_regex", text, pattern));

    [Theory]
    [InlineData("\"(\"")]
    [InlineData("\"(?=a)\"")]
    [InlineData("\"(a)\\\\1\"")]
    [InlineData("\"((((a{100}){100}){100}){100})\"")]
    [InlineData("null")]
    [InlineData("[]")]
    public void Pattern_that_cannot_be_used_is_a_failure_that_says_so(string pattern) =>
        Assert.Equal("condition.bad_regex", Operators.Apply("matches_regex", Json.Of("\"a\""), Json.Of(pattern)).Failure?.Code);

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*a){20}$")]
    [InlineData("(a|b)*a(a|b){200}c")]
    public void Pattern_that_explodes_elsewhere_is_decided(string pattern)
    {
        var text = JsonSerializer.SerializeToElement(new string('a', 9_999) + "!");

        // An engine that backtracks would still be busy when nobody is left to read the result.
        Assert.Null(Operators.Apply("matches_regex", text, JsonSerializer.SerializeToElement(pattern)).Failure);
    }

    [Fact]
    public void Text_and_pattern_over_their_limits_are_failures_that_name_the_limit()
    {
        var longText = Operators.Apply("matches_regex", JsonSerializer.SerializeToElement(new string('a', 10_001)), Json.Of("\"a\""));
        var longPattern = Operators.Apply("matches_regex", Json.Of("\"a\""), JsonSerializer.SerializeToElement(new string('a', 501)));

        Assert.Contains("10,000", longText.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("500", longPattern.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "[1,10]", true)]
    [InlineData("1", "[1,10]", true)]
    [InlineData("\"10\"", "[1,10]", true)]
    [InlineData("10.5", "[1,10]", false)]
    [InlineData("\"b\"", "[\"a\",\"c\"]", true)]
    [InlineData("\"2027-01-31T23:30:00-02:00\"", "[\"2027-02-01\",\"2027-02-28\"]", true)]
    [InlineData("\"2027-01-31\"", "[\"2027-02-01\",\"2027-02-28\"]", false)]
    [InlineData(Missing, "[1,10]", false)]
    [InlineData("null", "[1,10]", false)]
    public void Between_includes_both_ends(string actual, string range, bool holds) => Assert.Equal(holds, Holds("between", actual, range));

    [Theory]
    [InlineData("\"2027-01-31T09:00:00Z\"", "\"2027-01-31T10:30:00+02:00\"", 1)]
    [InlineData("\"2027-01-31T09:00:00.5Z\"", "\"2027-01-31T09:00:00Z\"", 1)]
    [InlineData("\"2027-01-31\"", "\"2027-01-31T00:00Z\"", 0)]
    [InlineData("\"2026-12-31\"", "\"2027-01-31T00:00:00Z\"", -1)]
    public void Dates_are_ordered_by_time(string left, string right, int order)
    {
        Assert.Equal(order < 0, Holds("before", left, right));
        Assert.Equal(order > 0, Holds("after", left, right));
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("5")]
    [InlineData(Missing)]
    public void What_is_no_date_is_neither_before_nor_after_one(string actual)
    {
        Assert.False(Holds("before", actual, "\"2027-01-31\""));
        Assert.False(Holds("after", actual, "\"2027-01-31\""));
    }

    [Theory]
    [InlineData("between", "5", "condition.bad_range")]
    [InlineData("between", "[1,2,3]", "condition.bad_range")]
    [InlineData("before", "\"soon\"", "condition.bad_date")]
    [InlineData("after", Missing, "condition.bad_date")]
    public void A_value_that_the_operator_cannot_use_is_told(string name, string value, string code) =>
        Assert.Equal(code, Operators.Apply(name, Json.Of("1"), Value(value)).Failure?.Code);

    [Theory]
    [InlineData(Missing, false)]
    [InlineData("null", false)]
    [InlineData("0", true)]
    public void Not_exists_is_the_opposite_of_exists(string actual, bool exists)
    {
        Assert.Equal(exists, Holds("exists", actual, "null"));
        Assert.Equal(!exists, Holds("not_exists", actual, "null"));
        Assert.NotEqual(Holds("is_empty", actual, "null"), Holds("is_not_empty", actual, "null"));
    }

    [Fact]
    public void Every_operator_of_the_schema_is_known_here()
    {
        var offered = BuiltIn
            .Descriptor("condition_if")
            .ConfigSchema.At("$defs.condition")
            .GetProperty("anyOf")[0]
            .At("properties.operator")
            .GetProperty("enum");

        Assert.Equal(20, offered.GetArrayLength());
        Assert.All(
            offered.EnumerateArray(),
            name =>
                Assert.NotEqual("condition.unknown_operator", Operators.Apply(name.GetString()!, Json.Of("\"a\""), Json.Of("\"a\"")).Failure?.Code)
        );
        Assert.Equal("condition.unknown_operator", Operators.Apply("like", Json.Of("1"), Json.Of("1")).Failure?.Code);
    }

    private static void AssertOrder(string left, string right, int order)
    {
        Assert.Equal(order > 0, Holds("greater_than", left, right));
        Assert.Equal(order < 0, Holds("less_than", left, right));
        Assert.Equal(order >= 0, Holds("greater_equal", left, right));
        Assert.Equal(order <= 0, Holds("less_equal", left, right));
    }

    private static bool Holds(string name, string actual, string expected)
    {
        var verdict = Operators.Apply(name, Value(actual), Value(expected));
        Assert.Null(verdict.Failure);
        return verdict.Holds;
    }

    private static JsonElement Value(string json) => json == Missing ? default : Json.Of(json);
}
