using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SaaSFlows.Api.Health;

/// <summary>Asks callers of a process that ends to open their next connection elsewhere: one that is kept would be closed under a request.</summary>
internal static class Draining
{
    public static Task UseAsync(HttpContext http, RequestDelegate next)
    {
        if (
            http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
            && HttpProtocol.IsHttp11(http.Request.Protocol)
        )
        {
            http.Response.Headers.Connection = "close";
        }

        return next(http);
    }
}
