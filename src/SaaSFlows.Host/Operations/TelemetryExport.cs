using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Host.Operations;

/// <summary>Sends traces and metrics to a collector. Made only where one is configured: without it nothing listens and nothing is traced.</summary>
internal sealed class TelemetryExport(TelemetryOptions options, QueueStatus queue, TimeProvider time) : BackgroundService
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);
    private static readonly string Version = typeof(TelemetryExport).Assembly.GetName().Version!.ToString(3);

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public static bool IsConfigured(TelemetryOptions options, IConfiguration configuration) =>
        options.Otlp is not null || !string.IsNullOrEmpty(configuration[EndpointVariable]);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder
            .CreateDefault()
            .AddService(options.ServiceName, serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");
        if (options.Tracing)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SampleRatio)))
                .AddSource("Microsoft.AspNetCore", "SaaSFlows.*")
                .AddOtlpExporter(exporter => Address(exporter, "v1/traces"))
                .Build();
        }

        if (options.Metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter("SaaSFlows.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter(exporter => Address(exporter, "v1/metrics"))
                .Build();
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        // Sends what is left.
        _traces?.Dispose();
        _metrics?.Dispose();
        base.Dispose();
    }

    // Gauges of the queue show what was read last; nobody else asks for it here.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ReadEvery, time);
        while (_metrics is not null && await timer.WaitForNextTickAsync(stoppingToken))
        {
            await ((Task)queue.CurrentAsync(stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Address(OtlpExporterOptions exporter, string path)
    {
        var isHttp = options.Protocol == "http";
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        if (options.Otlp is { } address)
        {
            exporter.Endpoint = isHttp ? new Uri($"{address.AbsoluteUri.TrimEnd('/')}/{path}") : address;
        }
    }
}
