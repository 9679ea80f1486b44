using System.Globalization;
using System.Text;

namespace SaaSFlows.Api.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>A name as Prometheus takes it.</summary>
    public static string Name(string name) =>
        string.Create(
            name.Length,
            name,
            static (span, name) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsAsciiLetterOrDigit(name[i]) ? name[i] : '_';
                }
            }
        );

    /// <summary>What a unit adds to a name; nothing for annotations such as <c>{request}</c>.</summary>
    public static string Suffix(string? unit) =>
        unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };

    public void Header(string name, string help, string type) =>
        _text
            .Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help.ReplaceLineEndings(" "))
            .Append("\n# TYPE ")
            .Append(name)
            .Append(' ')
            .Append(type)
            .Append('\n');

    public void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    public void Bucket(string name, string labels, double bound, long count) =>
        Sample(name + "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{Number(bound)}\"", count);

    public override string ToString() => _text.ToString();

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
