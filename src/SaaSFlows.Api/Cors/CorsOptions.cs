namespace SaaSFlows.Api.Cors;

/// <summary>Whose pages may call the API from a browser, besides our own.</summary>
public sealed class CorsOptions
{
    /// <summary>Origins such as <c>https://app.example.com</c>, exactly. <c>*</c> alone opens the API to all pages, without cookies.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>Whether any page may call.</summary>
    internal bool IsOpen => Origins is ["*"];

    /// <summary>Throws if an entry is no origin.</summary>
    /// <exception cref="ArgumentException">The message names it.</exception>
    public void Validate()
    {
        foreach (var origin in IsOpen ? [] : Origins)
        {
            if (
                !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https")
                || origin != uri.GetLeftPart(UriPartial.Authority)
            )
            {
                throw new ArgumentException(
                    $"Cors:Origins must hold origins such as https://app.example.com, without a path, or * alone; not '{origin}'."
                );
            }
        }
    }
}
