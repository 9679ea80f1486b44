namespace SaaSFlows.Engine.Graphs;

/// <summary>The codes that a <see cref="ValidationWarning"/> can have.</summary>
public static class WarningCodes
{
    /// <summary>Nothing in the workflow has this name.</summary>
    public const string UnknownName = "name.unknown";

    /// <summary>No node has this id.</summary>
    public const string UnknownNode = "name.unknown_node";

    /// <summary>A known name has no member of this name.</summary>
    public const string UnknownMember = "name.unknown_member";

    /// <summary>The node has not run when its output is read.</summary>
    public const string LaterNode = "name.later_node";

    /// <summary>The node is in the body of a loop, whose outputs nobody outside sees.</summary>
    public const string InsideLoop = "name.inside_loop";

    /// <summary>The name exists inside a loop only.</summary>
    public const string OutsideLoop = "name.outside_loop";

    /// <summary>A dash in a name is read as a minus sign.</summary>
    public const string Dash = "name.dash";

    /// <summary>A variable has the name of something that every workflow has, so the name alone is not the variable.</summary>
    public const string Reserved = "name.reserved";

    /// <summary>There are more problems of names than are listed.</summary>
    public const string TooManyNames = "name.too_many";

    /// <summary>The workflow has no trigger that is switched on.</summary>
    public const string NoTrigger = "workflow.no_trigger";

    /// <summary>A trigger cannot get to the node.</summary>
    public const string Unreachable = "node.unreachable";

    /// <summary>Nothing is connected to a node's way out.</summary>
    public const string NoOutgoing = "node.no_outgoing";

    /// <summary>A field is accepted and has no effect.</summary>
    public const string NoEffect = "node.no_effect";

    /// <summary>Failures shall leave by a port to which nothing is connected.</summary>
    public const string ErrorPortUnconnected = "node.error_port_unconnected";

    /// <summary>Nothing is connected to a loop's body.</summary>
    public const string NoBody = "loop.no_body";

    /// <summary>A branch of a race can fail, and its failure ends the execution.</summary>
    public const string RaceCanFail = "parallel.branch_can_fail";

    /// <summary>The workflow that a node starts does not exist, or is not in use.</summary>
    public const string UnknownWorkflow = "workflow.unknown_workflow";
}
