using System.Globalization;

namespace SaaSFlows.Api.Tests.Fuzzing;

/// <summary>What nobody should send, by the place that it goes to.</summary>
internal static class BadValues
{
    private const string Id = "00000000-0000-0000-0000-000000000001";

    /// <summary>Raw JSON for the place of any value; some of it is none.</summary>
    public static readonly IReadOnlyList<string> Json =
    [
        "null", "true", "0", "-1", "-0", "1.5", "1e400", "-1e-400", "1E2", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "99999999999999999999999999999999", "0.1e1", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"x\\uffff\"", "\"\\u202egnp.exe\"",
        "\"💥\"", "\"7\"", "\"NaN\"", "\"true\"", "\"null\"", "[]", "{}", "[[]]", "[null]", "[{}]", "[1,\"x\",null]", "{\"\":null}", "{\"\\ud800\":1}", "{\"\\u0000\":1}",
        "{\"$ref\":\"#\"}", "{\"__proto__\":1}", "\"../../etc/passwd\"", "\"%00\"", "\"' OR 1=1 --\"", "\"\\\\x00\"", "\"{{\"", "\"{{input.x\"", "\"{{ 1 / 0 }}\"", "\"{{env.PATH}}\"",
        "\"{{input}}\"", "\"(a+)+$\"", "\"[\"", "\"http://\"", "\"http://[::1\"", "\"http://a b\"", "\"javascript:1\"", "\"https://user:pw@example.com:99999/\"", "\"//x\"", "\"\\u0000@x\"",
        "\"a@b\"", "\"@\"", "\"10.0.0.0/99\"", "\"::1/129\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", "\"2026-13-45T99:99:99Z\"", "\"0000-00-00\"",
        "\"P99999999999Y\"", "\"-00:00:01\"", $"\"{Id}\"", "\"owner\"", "\"admin\"", "\"viewer\"", "\"*\"", "\"read:workflows\"", "\"RSA\"", "\"none\"",
        $"\"{new string('x', 300)}\"", $"\"{new string('é', 5_000)}\"", $"\"{new string('\u4e00', 70_000)}\"", $"[{string.Join(',', Enumerable.Repeat("1", 2_000))}]",
        $"[{string.Join(',', Enumerable.Repeat("{}", 300))}]", Nested("[", "]", 40), Nested("{\"a\":", "}", 40), Nested("[", "]", 70), Nested("{\"a\":", "}", 5_000),
        "NaN", "Infinity", "-", "01", "+1", ".5", "0x10", "'x'", "undefined", "tru", "\"\\x\"", "\"\t\"", "\"\\u12\"", "/**/1", "",
    ];

    public static readonly IReadOnlyList<string> Strings = [.. Json.Where(value => value.StartsWith('"'))];

    public static readonly IReadOnlyList<string> Numbers = [.. Json.Where(value => value.Length > 0 && (char.IsAsciiDigit(value[0]) || value[0] == '-'))];

    public static readonly IReadOnlyList<string> Objects = [.. Json.Where(value => value.StartsWith('{')), "{\"a\":\"\\ud800\"}", "{\"a\":{\"\\ud800\":1}}", "{\"a\":\"\\u0000\"}", "{\"a\":1,\"a\":2}"];

    public static readonly IReadOnlyList<string> Arrays = [.. Json.Where(value => value.StartsWith('[')), "[\"\\ud800\"]", "[\"\\u0000\"]", "[\"\"]", "[\"x\",\"x\"]"];

    /// <summary>Text for a place in a path or after a question mark, already escaped.</summary>
    public static readonly IReadOnlyList<string> Text =
    [
        "", "%20", "0", "-1", "1", "+1", "1.0", "1e9", "NaN", "Infinity", "2147483648", "1000000", "1000001", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "99999999999999999999", "%D9%A1", "true", "null", "undefined", "x", Id, "00000000-0000-0000-0000-00000000000g", "0000000000000000000000000000000", "%7B00000000-0000-0000-0000-000000000001%7D",
        "..", "../..", "..%2f..%2f", "%2e%2e%2f", "....//", "%5c", "%25", "%2500", "%ff%fe", "%ed%a0%80", "%c0%80", "%0d%0aX:%201", "%09", "%E2%98%83", "%F0%9F%92%A5", "%u0000", "%", "%zz",
        "'--", "%22", "%27%20OR%201=1", "%3Cscript%3E", "*", "%28a%2B%29%2B%24", "$where", "[]", "[a]", "{}", "{{x}}", ";", ",", "a,b,,c", "asc", "2026-13-45", "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00", "2026-01-01", "0000", $"{new string('a', 200)}", $"{new string('7', 2_000)}", $"{new string('%', 3_000)}", string.Concat(Enumerable.Repeat("%E4%B8%80", 600)),
        "a%00b", "%00",
    ];

    /// <summary>Bodies for routes that want JSON objects.</summary>
    public static readonly IReadOnlyList<byte[]> Bodies =
    [
        [], .. new[]
        {
            " ", "null", "true", "7", "\"x\"", "[]", "[{}]", "{", "{\"", "{}{}", "{},", "{\"a\":1,}", "{a:1}", "// x", "<xml/>", "a=b&c=d", "NaN", "\u0000", "{}\u0000", "\ufeff{}",
            Nested("[", "]", 10_000), Nested("{\"a\":", "}", 10_000), new string('[', 50_000), $"\"{new string('x', 1_048_600)}\"", $"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(number => $"\"k{number}\":0"))}}}",
            $"{{\"name\":{new string('9', 100_000)}}}",
        }.Select(System.Text.Encoding.UTF8.GetBytes), "{\"name\":\"\xff\xfe\"}"u8.ToArray(), [0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0xed, 0xa0, 0x80, 0x22, 0x7d], [0xff, 0xfe, 0x7b, 0, 0x7d, 0], [0x80], [0xc0, 0x80],
    ];

    public static readonly IReadOnlyList<string> ContentTypes =
    [
        "", "text/plain", "text/html; charset=utf-8", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/json;;;=", "application/vnd.x+json",
        "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\"\"", "application/octet-stream", "nonsense", "application/grpc", "*/*", "é",
    ];

    /// <summary>Headers that programs read, with values that they don't expect.</summary>
    public static readonly IReadOnlyList<(string Name, string Value)> Headers =
    [
        .. new[] { "", "-1", "x", "9223372036854775808", "1.5", "0, 1", "٣", "9223372036854775807" }.Select(value => ("Last-Event-ID", value)),
        .. new[] { "", " ", "é", "\u007f", new string('k', 255), new string('k', 10_240), "a,b", "{}" }.Select(value => ("Idempotency-Key", value)),
        .. new[] { "", "00", "garbage", "00-00000000000000000000000000000000-0000000000000000-00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-zzf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", new string('0', 4_000) }
            .Select(value => ("traceparent", value)),
        .. new[] { "", "=", "a=b,,,=;", new string('x', 2_000) }.Select(value => ("tracestate", value)),
        .. new[] { "", "=", "a=%zz,b", new string('b', 8_000) }.Select(value => ("baggage", value)),
        .. new[] { "", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6Ilx1MDAwMCJ9.e30.AA", "Bearer sf_", "Basic eA==", "Basic !", "Basic Og==", "Digest x", "é", $"Bearer {new string('a', 9_000)}" }
            .Select(value => ("Authorization", value)),
        .. new[] { "", "x", "sf_x", "é", new string('k', 5_000) }.Select(value => ("X-API-Key", value)),
        .. new[] { "", "saasflows_session=x", "saasflows_session=a.b.c; saasflows_csrf=x", "=;=", "saasflows_refresh=\u007f", new string(';', 3_000) }.Select(value => ("Cookie", value)),
        .. new[] { "", "é", "{}", new string('c', 3_000), "a b" }.Select(value => ("X-Correlation-ID", value)),
        .. new[] { "null", "x", "http://", "http://[", "https://evil.example.com", "é" }.Select(value => ("Origin", value)),
        .. new[] { "application/xml", "*", ";q=", "text/event-stream", "application/json;q=9" }.Select(value => ("Accept", value)),
        .. new[] { "localhost", "a.b.c.d", "evil.example.com:80", "[::1]", "x:99999", "127.0.0.1:0", "é", "a_b", "-", "acme.saasflows.example" }.Select(value => ("Host", value)),
        .. new[] { "x", "127.0.0.1, ::1, x", "999.1.1.1", new string(',', 500) }.Select(value => ("X-Forwarded-For", value)),
        ("X-Forwarded-Proto", "x:"), ("X-Forwarded-Host", "a b"), ("X-HTTP-Method-Override", "DELETE"), ("Content-Encoding", "gzip"), ("Accept-Encoding", "x;q=2"), ("Accept-Language", "\u007f,,;q=x"),
        ("If-Match", "x"), ("If-None-Match", "\"x"), ("If-Modified-Since", "x"), ("Range", "bytes=9-1"), ("Expect", "x"), ("User-Agent", new string('u', 6_000)), ("User-Agent", "é\u007f"),
        ("X-Hub-Signature-256", "sha256=x"), ("X-Webhook-Signature", "é"), ("webhook-id", new string('w', 2_000)), ("webhook-timestamp", "x"), ("X-GitHub-Delivery", "é"), ("X-CSRF-Token", "é"),
        ("Upgrade", "websocket"), ("Upgrade", "h2c"), ("Sec-WebSocket-Key", "x"), ("Sec-WebSocket-Version", "x"), ("X-Tenant", "é"), ("X-Tenant-ID", "x"),
    ];

    public static readonly IReadOnlyList<string> Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "X", "get"];

    private static string Nested(string open, string close, int depth) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Concat(Enumerable.Repeat(open, depth))}1{string.Concat(Enumerable.Repeat(close, depth))}");
}
