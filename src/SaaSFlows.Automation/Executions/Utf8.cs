using System.Runtime.InteropServices;
using System.Text.Json;

namespace SaaSFlows.Automation.Executions;

internal static class Utf8
{
    /// <summary>Returns the element's text as it was sent. Lone surrogates are allowed here.</summary>
    public static byte[] ToUtf8(this JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
