using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Expressions.Values;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Says whether a definition can be published and executed.</summary>
public sealed class GraphValidator(ActivityCatalogue catalogue, EngineLimits limits)
{
    private readonly ConcurrentDictionary<string, ConfigSchema> _schemas = new(StringComparer.Ordinal);

    public ValidationReport Validate(WorkflowDefinition definition)
    {
        var findings = new GraphFindings(definition);
        if (definition.Nodes.Count == 0)
        {
            findings.Errors.Add("The workflow has no node.");
        }

        if (definition.Nodes.Count > limits.Nodes)
        {
            findings.Errors.Add(
                string.Create(CultureInfo.InvariantCulture, $"The workflow has {definition.Nodes.Count} nodes; the limit is {limits.Nodes}.")
            );
        }

        var shape = GraphShape.Of(definition, catalogue);
        var names = new NameWarnings(GraphNames.Of(definition, catalogue, shape), findings);
        names.Check(definition.GlobalVariables.EnumerateObject().Select(JsonAccess.Name));
        foreach (var node in definition.Nodes)
        {
            CheckNode(node, definition, names, findings);
        }

        foreach (var variable in StartEnvironment.Templates(definition))
        {
            if (!CompiledValue.TryCompile(variable.Value, out _, out var error))
            {
                findings.Errors.Add($"Variable {CompiledConfig.Describe(variable.Name, error)}");
            }
        }

        CheckConnections(definition, findings);
        CheckWebhookPaths(definition, findings);
        CheckShape(definition, shape, findings);
        new FailureWarnings(definition, catalogue, shape, findings).Check();
        return findings.ToReport();
    }

    private void CheckNode(NodeDefinition node, WorkflowDefinition definition, NameWarnings names, GraphFindings findings)
    {
        if (node.Retry is { } retry)
        {
            CheckRetry(node.Id, retry, findings);
        }

        if (!catalogue.TryFind(node.Type, out var activity))
        {
            findings.Add(node.Id, $"Unknown node_type '{node.Type}'.");
            return;
        }

        CheckErrorHandling(node, activity.Descriptor, findings);
        var schema = _schemas.GetOrAdd(node.Type, static (_, descriptor) => ConfigSchema.Compile(descriptor.ConfigSchema), activity.Descriptor);
        var config = schema.Check(node.Config);
        foreach (var error in config.Errors)
        {
            findings.Add(node.Id, error.Message);
        }

        foreach (var warning in config.Warnings)
        {
            findings.Warn(new(WarningCodes.NoEffect, warning.Message) { Field = warning.Path }, node.Id);
        }

        if (config.Errors.Count == 0 && activity is IConfigRules rules)
        {
            foreach (var problem in rules.Problems(node.Config))
            {
                findings.Add(node.Id, problem);
            }
        }

        var compiled = CompiledConfig.Compile(node.Config, activity.Descriptor);
        foreach (var error in compiled.Errors.Concat(TemplateNames.In(node.Config)))
        {
            findings.Add(node.Id, error);
        }

        names.Check(node, activity.Descriptor, compiled.References, config.Names);

        if (activity.Descriptor.OutputsOf(node.Config).Count > 0 && definition.Connections.All(connection => connection.FromNode != node.Id))
        {
            findings.Warnings.Add(new(WarningCodes.NoOutgoing, $"Node '{node.Id}' has no outgoing connections") { Node = node.Id.Value });
        }
    }

    private static void CheckRetry(NodeId node, RetryDefinition retry, GraphFindings findings)
    {
        if (retry.MaxAttempts is < 1 or > 20)
        {
            findings.Add(node, "retry.max_attempts must be 1 to 20.");
        }

        if (retry.Backoff is not ("fixed" or "exponential"))
        {
            findings.Add(node, $"retry.backoff must be fixed or exponential, not '{retry.Backoff}'.");
        }

        if (retry.InitialSeconds is not (>= 0 and <= 3_600))
        {
            findings.Add(node, "retry.initial_seconds must be 0 to 3,600.");
        }
    }

    private static void CheckErrorHandling(NodeDefinition node, ActivityDescriptor descriptor, GraphFindings findings)
    {
        if (node.OnError == ErrorHandling.ErrorPort && !descriptor.OutputsOf(node.Config).Contains(Ports.Error))
        {
            findings.Add(node.Id, $"on_error is error_port, but {node.Type} has no port 'error'.");
        }

        if (node.OnError == ErrorHandling.Continue && descriptor.OutputsOf(node.Config).Count(port => port != Ports.Error) > 1)
        {
            findings.Add(node.Id, $"on_error is continue, but {node.Type} has several ways on: choose one with a connection from them instead.");
        }
    }

    private void CheckConnections(WorkflowDefinition definition, GraphFindings findings)
    {
        var seen = new HashSet<(NodeId, string, NodeId, string)>();
        foreach (var connection in definition.Connections)
        {
            CheckEnd(
                connection,
                connection.FromNode,
                connection.FromPort,
                (descriptor, node) => descriptor.OutputsOf(node.Config),
                "output",
                findings
            );
            CheckEnd(connection, connection.ToNode, connection.ToPort, (descriptor, _) => descriptor.Inputs, "input", findings);
            if (!seen.Add((connection.FromNode, connection.FromPort, connection.ToNode, connection.ToPort)))
            {
                findings.Errors.Add(
                    $"Connection '{connection.Id}' repeats the one from '{connection.FromNode}' port '{connection.FromPort}' to "
                        + $"'{connection.ToNode}' port '{connection.ToPort}'."
                );
            }
        }
    }

    private void CheckEnd(
        ConnectionDefinition connection,
        NodeId end,
        string port,
        Func<ActivityDescriptor, NodeDefinition, IReadOnlyList<string>> ports,
        string side,
        GraphFindings findings
    )
    {
        if (!findings.Nodes.TryGetValue(end, out var node))
        {
            findings.Errors.Add($"Connection '{connection.Id}' names an unknown node '{end}'.");
        }
        else if (catalogue.TryFind(node.Type, out var activity) && !ports(activity.Descriptor, node).Contains(port))
        {
            findings.Errors.Add($"Connection '{connection.Id}': node '{end}' has no {side} port '{port}'.");
        }
    }

    private void CheckWebhookPaths(WorkflowDefinition definition, GraphFindings findings)
    {
        var owners = new Dictionary<string, NodeId>(StringComparer.Ordinal);
        foreach (var node in definition.Nodes)
        {
            if (
                catalogue.TryFind(node.Type, out var activity)
                && activity.Descriptor.IsTrigger
                && node.Config.TryGetProperty("webhook_path", out var path)
                && path.ValueKind == JsonValueKind.String
                && path.GetString() is { Length: > 0 } text
                && !owners.TryAdd(text, node.Id)
            )
            {
                findings.Add(node.Id, $"The webhook path '{text}' is also that of node '{owners[text]}'.");
            }
        }
    }

    private void CheckShape(WorkflowDefinition definition, GraphShape shape, GraphFindings findings)
    {
        if (shape.Cycle.Count > 0)
        {
            findings.Errors.Add($"The connections form a cycle through no loop: {string.Join(" → ", shape.Cycle)}.");
        }

        CheckScopes(definition, shape.Scopes, findings);
        var starts = definition.Nodes.Where(node => catalogue.TryFind(node.Type, out var activity) && activity.Descriptor.IsTrigger).ToList();
        if (starts.Count == 0 && definition.Nodes.Count > 0)
        {
            findings.Warnings.Add(
                new(
                    WarningCodes.NoTrigger,
                    "The workflow has no trigger: nothing can start it. Add one, such as trigger_manual, trigger_webhook or trigger_command."
                )
            );
            return;
        }

        if (starts.Count > 0 && !starts.Exists(node => node.Enabled))
        {
            findings.Warnings.Add(
                new(
                    WarningCodes.NoTrigger,
                    $"Every trigger of the workflow is switched off: nothing can start it. Switch on node '{starts[0].Id}' (enabled: true) or add "
                        + "another one."
                )
            );
        }

        var reached = shape.ReachedFrom(starts.Select(node => node.Id));
        foreach (var node in definition.Nodes)
        {
            if (!reached.Contains(node.Id))
            {
                findings.Warnings.Add(new(WarningCodes.Unreachable, $"Node '{node.Id}' cannot be reached from a trigger") { Node = node.Id.Value });
            }
        }
    }

    private void CheckScopes(WorkflowDefinition definition, LoopScopes scopes, GraphFindings findings)
    {
        findings.Errors.AddRange(definition.Connections.Where(findings.Knows).Select(scopes.Problem).OfType<string>());
        foreach (var node in definition.Nodes)
        {
            if (!catalogue.TryFind(node.Type, out var activity))
            {
                continue;
            }

            if (activity.Descriptor.IsBreak && scopes.LoopOf(node.Id) is null)
            {
                findings.Add(node.Id, $"{node.Type} ends the loop around it, but there is none.");
            }

            if (activity.Descriptor.IsLoop && scopes.DepthOf(node.Id) >= limits.Nesting)
            {
                findings.Add(
                    node.Id,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Loops are nested {scopes.DepthOf(node.Id) + 1} deep; the limit is {limits.Nesting}."
                    )
                );
            }

            if (
                activity.Descriptor.IsLoop
                && !definition.Connections.Any(connection =>
                    connection.FromNode == node.Id && connection.FromPort == Ports.Loop && connection.ToNode != node.Id
                )
            )
            {
                findings.Warnings.Add(
                    new(WarningCodes.NoBody, $"Loop '{node.Id}' has no body: nothing is connected to its port '{Ports.Loop}'")
                    {
                        Node = node.Id.Value,
                    }
                );
            }
        }
    }
}
