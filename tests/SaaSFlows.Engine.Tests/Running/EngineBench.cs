using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Activities;
using SaaSFlows.Activities.Data;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;
using SaaSFlows.TestKit.Engine;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>The engine on a store in memory and a clock that tests move; the built-in activities and one effect that counts.</summary>
internal sealed class EngineBench : IGraphSource
{
    // Those with ports to the outside need them and are not wanted here, but for variables: only global ones need the port.
    private static readonly IActivity[] BuiltIn =
    [
        .. new ServiceCollection()
            .AddBuiltInActivities()
            .Select(service => service.ImplementationType!)
            .Where(type => type.GetConstructors().Single().GetParameters().All(parameter => parameter.ParameterType == typeof(IGlobalVariables)))
            .Select(type => (IActivity)Activator.CreateInstance(type, new object?[type.GetConstructors().Single().GetParameters().Length])!),
    ];

    private readonly LastError _log = new();
    private int _executions;

    /// <param name="activities">All activities that it knows; null for those that need no outside world.</param>
    public EngineBench(WorkerOptions? options = null, EngineLimits? limits = null, IReadOnlyList<IActivity>? activities = null)
    {
        Options = options ?? new WorkerOptions();
        Limits = limits ?? EngineLimits.Default;
        Store = new(Time);
        Catalogue = new(activities ?? [.. BuiltIn, Effect]);
    }

    public static ExecutionId NewId(int number) => new(new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    public WorkerOptions Options { get; }

    public EngineLimits Limits { get; }

    public ManualTimeProvider Time { get; } = new();

    public InMemoryStore Store { get; }

    public CountingEffect Effect { get; } = new();

    public ActivityCatalogue Catalogue { get; }

    public CompiledGraph? Graph { get; set; }

    /// <summary>The exception that was logged last; null if none was.</summary>
    public Exception? Crash => _log.Error;

    /// <summary>The first point at which the process dies, once.</summary>
    public CrashPoint? CrashAt { get; set; }

    /// <summary>How often that point is passed before it dies.</summary>
    public int CrashAfter { get; set; }

    public ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct) => new(Graph);

    public CompiledGraph Compile(string json) => Graph = GraphCompiler.Compile(Read(json), Catalogue);

    public WorkflowDefinition Read(string json) =>
        WorkflowDefinition
            .Read(JsonElement.Parse(json), Catalogue)
            .Match(accepted => accepted, errors => throw new InvalidOperationException(string.Join("; ", errors)));

    public ExecutionId Accept(string trigger = "start", string input = "{}", string variables = "{}")
    {
        var execution = NewRef();
        var started = JournalBodies.Started(new(trigger), JsonElement.Parse(input), JsonElement.Parse(variables), default, default, Time.GetUtcNow());
        Store.Accept(execution, new(Guid.Empty), started);
        return execution.Id;
    }

    public ExecutionRef NewRef() => new(NewId(++_executions), new(Guid.Empty), new(1), new(1), new(Guid.Empty));

    public ExecutionWorker NewWorker() =>
        new(
            Store,
            Store,
            Store,
            this,
            Limits,
            Options,
            new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
            Time,
            new Probe(this),
            NullLogger<ExecutionWorker>.Instance
        );

    /// <summary>Claims what there is and runs it to its next rest; answers false if nothing could be claimed.</summary>
    public async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var claimed = await Store.ClaimAsync(new(Guid.Empty), 1, Options.Lease, ct);
        if (claimed.Count == 0)
        {
            return false;
        }

        var context = new RunnerContext(Store, Store, this, Limits, Options, Time, new Probe(this), _log);
        using var runner = new ExecutionRunner(context, Graph!, claimed[0], new Mailbox(), ct);
        await runner.RunAsync([]);
        return true;
    }

    /// <summary>
    /// Runs everything to its end, answering every question and moving the clock over every wait; a crashed runner is followed by another.
    /// </summary>
    public async Task FinishAsync(ExecutionId execution, CancellationToken ct)
    {
        for (var rests = 0; Store.EndOf(execution) is null; rests++)
        {
            Assert.True(rests < 1_000, "The execution does not come to an end.");
            try
            {
                if (await RunOnceAsync(ct))
                {
                    continue;
                }
            }
            catch (Exception error) when (error is CrashException or InvalidOperationException { InnerException: CrashException })
            {
                CrashAt = null;
            }

            Assert.True(Store.IsQueued(execution) || Store.Bookmarks(execution).Count > 0, "The execution rests, and nothing can wake it.");
            Answer(execution);
            Time.Advance(Options.Lease);
            Store.FireDue();
        }
    }

    // Each of them twice, as an impatient sender does.
    private void Answer(ExecutionId execution)
    {
        foreach (
            var question in Store
                .Bookmarks(execution)
                .Where(bookmark => bookmark.Kind == WaitKinds.Event)
                .SelectMany(bookmark => new[] { bookmark, bookmark })
        )
        {
            Store.PutFact(execution, InboxFactKind.Stimulus, question.Id, JsonSerializer.SerializeToUtf8Bytes($"answer to {question.Node}"));
        }
    }

    /// <summary>Accepts and runs, to the end or until only an answer from outside can go on.</summary>
    public async Task<ExecutionView> RunAsync(
        string graph,
        string input = "{}",
        string variables = "{}",
        string trigger = "start",
        bool untilParked = false,
        CancellationToken ct = default
    )
    {
        Compile(graph);
        var execution = Accept(trigger, input, variables);
        if (!untilParked)
        {
            await FinishAsync(execution, ct);
            return View(execution);
        }

        while (await RunOnceAsync(ct))
        {
            Time.Advance(Options.Lease);
            Store.FireDue();
        }

        return View(execution);
    }

    public ExecutionView View(ExecutionId execution) => ExecutionView.From(Graph!, Store.Journal(execution));

    internal sealed class CrashException : Exception;

    private sealed class Probe(EngineBench bench) : ICrashProbe
    {
        public void Reached(CrashPoint point)
        {
            if (point == bench.CrashAt && bench.CrashAfter-- <= 0)
            {
                throw new CrashException();
            }
        }
    }

    private sealed class LastError : ILogger
    {
        public Exception? Error { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Error = exception ?? Error;
    }
}
