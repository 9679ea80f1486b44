namespace SaaSFlows.Engine.Planning;

/// <summary>Bookmark and stimulus kinds of the kernel itself; activities bring their own.</summary>
internal static class BookmarkKinds
{
    /// <summary>The stimulus of a bookmark whose time came.</summary>
    public const string Due = "due";

    /// <summary>A bookmark that waits for the time limit of branches.</summary>
    public const string Timeout = "timeout";

    /// <summary>A bookmark that waits for the next try.</summary>
    public const string Retry = "retry";
}
