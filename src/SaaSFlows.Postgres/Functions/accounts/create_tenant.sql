-- A new tenant whole: itself, its owner, a community, a web chat. The caller's transaction also holds the new user.
create or replace function accounts.create_tenant(new_tenant uuid, new_name text, wanted_slug text, owner uuid, community_name text, entity_name text)
    returns table (slug text, community_id bigint, entity_id bigint)
    language plpgsql security definer set search_path = '' as $$
declare
    candidate text := wanted_slug;
    suffix integer := 1;
    community bigint;
    entity bigint;
begin
    loop
        insert into accounts.tenants (tenant_id, slug, name) values (new_tenant, candidate, new_name) on conflict do nothing;
        exit when found;
        suffix := suffix + 1;
        -- Counting stops early: the thousandth tenant of a name should not probe its 999 elders.
        candidate := left(wanted_slug, 50) || '-' || case when suffix < 10 then suffix::text else left(gen_random_uuid()::text, 8) end;
    end loop;
    insert into accounts.memberships (tenant_id, user_id, role) values (new_tenant, owner, 'owner');
    insert into accounts.communities (tenant_id, name) values (new_tenant, community_name) returning id into community;
    insert into accounts.entities (tenant_id, community_id, name, kind) values (new_tenant, community, entity_name,
        'web_chat') returning id into entity;
    return query select candidate, community, entity;
end $$;

revoke all on function accounts.create_tenant from public;
grant execute on function accounts.create_tenant to saasflows_lookup;
