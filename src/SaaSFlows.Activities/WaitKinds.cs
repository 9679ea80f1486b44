namespace SaaSFlows.Activities;

/// <summary>Kinds of the bookmarks at which activities wait for the outside. They are stored: never rename one.</summary>
public static class WaitKinds
{
    /// <summary>For a decision; found by its id.</summary>
    public const string Approval = "approval";

    /// <summary>For an answer in a chat. The key is the channel's number; the data says whose and which answers count.</summary>
    public const string Chat = "chat";

    /// <summary>For an event. The key is its type; the data is what <see cref="Events.EventMatch"/> reads.</summary>
    public const string Event = "event";

    /// <summary>For the end of a sub-workflow; found by its id.</summary>
    public const string Workflow = "workflow";
}
