-- For the trigger of webhooks: gives a new webhook its counter.
create or replace function automation.count_webhook() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into engine.webhook_counters (webhook_id, tenant_id, community_id) values (new.id, new.tenant_id, new.community_id);
    return null;
end $$;

revoke all on function automation.count_webhook from public;
