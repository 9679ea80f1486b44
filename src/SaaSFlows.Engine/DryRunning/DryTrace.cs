using System.Text.Json;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>Makes a report of the events that a real run would have stored.</summary>
internal sealed class DryTrace(ExecutionId execution, WorkflowDefinition definition, RunNotes notes)
{
    private readonly TraceWindow _window = new();
    private readonly Dictionary<string, JsonElement> _variables = new(StringComparer.Ordinal);
    private DateTimeOffset _startedAt;
    private DateTimeOffset _lastAt;
    private int _completed;
    private int _failed;
    private bool _isCompleted;
    private JsonElement _output;
    private EventBody.ExecutionFailed? _failure;

    public void Add(JournalEvent recorded)
    {
        var fact = EventBodyReader.Read(recorded);
        switch (fact.Body)
        {
            case EventBody.Started body:
                _startedAt = fact.At;
                SetVariables(definition.GlobalVariables);
                SetVariables(body.Variables);
                break;
            case EventBody.Completed body:
                SetVariables(fact, body.Variables);
                AddEnd(fact, body);
                break;
            case EventBody.Failed body:
                AddEnd(fact, body);
                break;
            case EventBody.Suspended body:
                SetVariables(fact, body.Variables);
                AddWait(fact, body);
                break;
            case EventBody.Skipped body:
                _window.Add(
                    new(fact.Node!.Value, fact.Scope, NodeStatus.Skipped, fact.At, fact.At, default, default, [], default, body.Port, false, default)
                );
                break;
            case EventBody.ExecutionCompleted body:
                (_isCompleted, _output) = (true, body.Output);
                break;
            case EventBody.ExecutionFailed body:
                _failure = body;
                break;
            default:
                if (fact.Node is not null && fact.Kind != JournalEventKind.TokenAbsorbed)
                {
                    NoteOf(fact).BeganAt ??= fact.At;
                }

                break;
        }

        _lastAt = fact.At;
    }

    /// <param name="stopped">Why the run was stopped from outside; null if it ended by itself.</param>
    public DryRunReport Report(EventBody.ExecutionFailed? stopped)
    {
        var failure = stopped ?? _failure;
        return new(
            failure is null && _isCompleted ? ExecutionStatus.Completed : ExecutionStatus.Failed,
            _startedAt,
            _lastAt,
            _window.Kept,
            _window.Count,
            _completed + _failed,
            _failed,
            _variables,
            _output,
            failure?.Code,
            failure?.Message,
            failure?.Node is { } node ? new NodeId(node) : null
        );
    }

    private void AddEnd(in Fact fact, EventBody.Completed body)
    {
        var note = notes.Take(KeyOf(fact));
        var isError = note.IsPinned && body.Port == Ports.Error;
        var output = body.PassesInput ? note.Input : body.Output;
        _completed += isError ? 0 : 1;
        _failed += isError ? 1 : 0;
        _window.Add(
            Entry(fact, note, EventWords.Of(fact)) with
            {
                Status = isError ? NodeStatus.Failed : NodeStatus.Completed,
                Output = output,
                Error = isError && IsError(output) ? output : default,
                Port = body.Port,
            }
        );
    }

    private void AddEnd(in Fact fact, EventBody.Failed body)
    {
        _failed++;
        _window.Add(
            Entry(fact, notes.Take(KeyOf(fact)), EventWords.Of(fact)) with
            {
                Status = NodeStatus.Failed,
                Error = body.Error,
                Port = body.Port,
            }
        );
    }

    // Without an intent or a wait before it, a run began when the event before its end was recorded.
    private DryRunEntry Entry(in Fact fact, RunNote note, IReadOnlyList<string> logs) =>
        new(
            fact.Node!.Value,
            fact.Scope,
            NodeStatus.Completed,
            note.BeganAt ?? _lastAt,
            fact.At,
            note.Input,
            default,
            [.. note.Logs, .. logs],
            default,
            null,
            note.IsPinned,
            note.Would
        )
        {
            Source = note.Source,
            SourceExecution = note.SourceExecution,
        };

    private void AddWait(in Fact fact, EventBody.Suspended body)
    {
        var note = NoteOf(fact);
        note.BeganAt ??= _lastAt;
        note.Logs.AddRange(EventWords.Of(fact));
        if (note.Would.ValueKind == JsonValueKind.Undefined)
        {
            note.Would = JsonSerializer.SerializeToElement(new { wait_for = body.Kind, until = body.Due?.UtcDateTime });
        }
    }

    private static bool IsError(JsonElement output) =>
        output.ValueKind == JsonValueKind.Object
        && output.TryGetProperty("code"u8, out var code)
        && code.ValueKind == JsonValueKind.String
        && output.TryGetProperty("message"u8, out var message)
        && message.ValueKind == JsonValueKind.String;

    private RunNote NoteOf(in Fact fact) => notes.Of(KeyOf(fact));

    private string KeyOf(in Fact fact) => RunIds.IdempotencyKey(execution, fact.Scope, fact.Node!.Value, fact.Ordinal);

    private void SetVariables(JsonElement variables)
    {
        if (variables.ValueKind == JsonValueKind.Object)
        {
            foreach (var variable in variables.EnumerateObject())
            {
                _variables[JsonAccess.Name(variable)] = variable.Value;
            }
        }
    }

    // Those of an iteration are gone with it.
    private void SetVariables(in Fact fact, IReadOnlyList<Variable> variables)
    {
        foreach (var variable in variables)
        {
            if (!variable.IsLocal || fact.Scope.Length == 0)
            {
                _variables[variable.Name] = variable.Value;
            }
        }
    }
}
