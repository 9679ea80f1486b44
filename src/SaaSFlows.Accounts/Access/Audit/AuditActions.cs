namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>The actions in the audit log. They are stable, because people filter and alert by them.</summary>
public static class AuditActions
{
    public const string TenantCreated = "tenant.created";

    public const string SignedIn = "auth.sign_in";
    public const string SignInFailed = "auth.sign_in_failed";
    public const string SignedOut = "auth.sign_out";
    public const string SessionEnded = "auth.session_ended";
    public const string RefreshReused = "auth.refresh_reused";
    public const string CodeReused = "auth.code_reused";

    public const string MemberChanged = "member.changed";
    public const string MemberRemoved = "member.removed";
    public const string MemberLeft = "member.left";
    public const string RoleCreated = "role.created";
    public const string RoleChanged = "role.changed";
    public const string RoleDeleted = "role.deleted";

    public const string WorkflowCreated = "workflow.created";
    public const string WorkflowUpdated = "workflow.updated";
    public const string WorkflowPublished = "workflow.published";
    public const string WorkflowArchived = "workflow.archived";
    public const string WorkflowRestored = "workflow.restored";
    public const string WorkflowShared = "workflow.shared";
    public const string WorkflowPermissionsSet = "workflow.permissions_set";
    public const string WorkflowPaused = "workflow.paused";
    public const string WorkflowResumed = "workflow.resumed";

    public const string WebhookCreated = "webhook.created";
    public const string WebhookUpdated = "webhook.updated";
    public const string WebhookDeleted = "webhook.deleted";

    public const string ExecutionStarted = "execution.started";
    public const string ExecutionCancelled = "execution.cancel_requested";
    public const string ExecutionRetried = "execution.retried";

    public const string BrowserSourceCreated = "browser_source.created";
    public const string BrowserSourceDeleted = "browser_source.deleted";

    public const string ServiceRegistered = "service.registered";
    public const string ServiceDeregistered = "service.deregistered";

    public const string EventsReplayed = "events.replayed";

    public const string ApprovalDecided = "approval.decided";

    public const string CommunityCreated = "community.created";
    public const string CommunityRenamed = "community.renamed";
    public const string CommunityDeleted = "community.deleted";

    public const string EntityCreated = "entity.created";
    public const string EntityRenamed = "entity.renamed";
    public const string EntityDeleted = "entity.deleted";

    public const string CommunityMemberPut = "community_member.put";
    public const string CommunityMemberRemoved = "community_member.removed";

    public const string ServiceAccountCreated = "service_account.created";
    public const string ServiceAccountUpdated = "service_account.updated";
    public const string ServiceAccountDeleted = "service_account.deleted";

    public const string ApiKeyCreated = "api_key.created";
    public const string ApiKeyRevoked = "api_key.revoked";

    public const string OAuthClientCreated = "oauth_client.created";
    public const string OAuthClientUpdated = "oauth_client.updated";
    public const string OAuthClientSecretReplaced = "oauth_client.secret_replaced";
    public const string OAuthClientDeleted = "oauth_client.deleted";

    public const string TrustedIssuerCreated = "trusted_issuer.created";
    public const string TrustedIssuerChanged = "trusted_issuer.changed";
    public const string TrustedIssuerDeleted = "trusted_issuer.deleted";

    public const string InvitationCreated = "invitation.created";
    public const string InvitationRevoked = "invitation.revoked";
    public const string InvitationAccepted = "invitation.accepted";

    public const string PasswordChanged = "auth.password_changed";
    public const string PasswordReset = "auth.password_reset";
    public const string SecondFactorOn = "auth.totp_on";
    public const string SecondFactorOff = "auth.totp_off";

    public const string TenantChanged = "tenant.changed";
    public const string TenantExported = "tenant.exported";
    public const string TenantClosed = "tenant.closed";
    public const string TenantRestored = "tenant.restored";
}
