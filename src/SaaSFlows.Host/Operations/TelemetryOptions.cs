namespace SaaSFlows.Host.Operations;

/// <summary>What leaves this process for a collector, and how it writes its log.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>
    /// The OTLP collector's address, such as <c>http://collector:4317</c>. Null: the variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without that
    /// nothing is sent.
    /// </summary>
    public Uri? Otlp { get; set; }

    /// <summary><c>grpc</c>, or <c>http</c> for OTLP over HTTP with protobuf.</summary>
    public string Protocol { get; set; } = "grpc";

    /// <summary>Whether traces are sent, and go on through the queue and into what workflows call. Needs a collector.</summary>
    public bool Tracing { get; set; } = true;

    /// <summary>Whether metrics are sent too. Needs a collector.</summary>
    public bool Metrics { get; set; } = true;

    /// <summary>Part of all traces that is kept where the caller has not decided: 0 to 1.</summary>
    public double SampleRatio { get; set; } = 1;

    /// <summary>What this installation is called in traces and metrics.</summary>
    public string ServiceName { get; set; } = "saasflows";

    /// <summary>Writes the log as one JSON object a line.</summary>
    public bool JsonLogs { get; set; }

    /// <summary>Writes a line for each request when it has been answered.</summary>
    public bool RequestLogs { get; set; }

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="ArgumentException">The message names the option.</exception>
    public void Validate()
    {
        if (Protocol is not ("grpc" or "http"))
        {
            throw new ArgumentException("Telemetry:Protocol must be grpc or http.");
        }

        if (SampleRatio is not (>= 0 and <= 1))
        {
            throw new ArgumentException("Telemetry:SampleRatio must be from 0 to 1.");
        }
    }
}
