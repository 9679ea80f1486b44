-- What a delivery needs to know before its tenant is known.
create or replace function automation.find_webhook(hash bytea)
    returns table (webhook_id uuid, tenant_id uuid, community_id bigint, entity_id bigint, workflow_id uuid, node_id text, enabled boolean,
        revision integer, require_signature boolean, sealed_secret bytea, ip_allowlist text[], published_version_id uuid, workflow_status text,
            paused boolean,
        tenant_status text, licence_epoch bigint)
    language sql stable security definer set search_path = '' as $$
    select h.id, h.tenant_id, h.community_id, w.entity_id, h.workflow_id, h.node_id, h.enabled,
        h.revision, h.require_signature, h.sealed_secret, h.ip_allowlist, w.published_version_id, w.status, w.paused, t.status, t.licence_epoch
    from automation.webhooks h
    join automation.workflows w on w.id = h.workflow_id
    join accounts.tenants t on t.tenant_id = h.tenant_id
    where h.token_hash = hash
$$;

revoke all on function automation.find_webhook from public;
grant execute on function automation.find_webhook to saasflows_lookup;
