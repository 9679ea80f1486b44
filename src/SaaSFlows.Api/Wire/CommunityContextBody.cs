namespace SaaSFlows.Api.Wire;

/// <summary>A body that may name the community for context: it must be the workflow's own.</summary>
internal sealed record CommunityContextBody(long? CommunityId);
