using System.Runtime.InteropServices;
using System.Text.Json;

namespace SaaSFlows.Automation.Executions;

internal static class Utf8
{
    /// <summary>The element's text as it came; lone surrogates in it are of no concern here.</summary>
    public static byte[] ToUtf8(this JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
