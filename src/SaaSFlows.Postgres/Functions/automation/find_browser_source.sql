-- Whose page it is; nothing for an unknown token or a tenant that is not open.
create or replace function automation.find_browser_source(hash bytea) returns table (tenant_id uuid, community_id bigint, entity_id bigint)
    language sql stable security definer set search_path = '' as $$
    select b.tenant_id, b.community_id, b.entity_id from automation.browser_sources b join accounts.tenants t on t.tenant_id = b.tenant_id
    where b.token_hash = hash and t.status = 'active'
$$;

revoke all on function automation.find_browser_source from public;
grant execute on function automation.find_browser_source to saasflows_lookup;
