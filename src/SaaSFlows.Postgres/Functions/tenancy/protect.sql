-- Puts the walls around a table: called once for each table that a migration makes.
-- kind: 'tenant' (tenant_id), 'community' (tenant_id and community_id), 'platform' (no tenant; only what is granted by hand).
create or replace function tenancy.protect(target regclass, kind text) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    -- FORCE binds the owner too: without a policy of its own a data migration would silently change nothing.
    execute format('create policy owner_all on %s to saasflows_owner using (true) with check (true)', target);
    if kind = 'tenant' then
        execute format('create policy tenant on %s to saasflows_app using (tenant_id = tenancy.tenant()) with check (tenant_id = tenancy.tenant())',
            target);
    elsif kind = 'community' then
        execute format('create policy community on %s to saasflows_app using (tenant_id = tenancy.tenant() and tenancy.sees(community_id))'
            ' with check (tenant_id = tenancy.tenant() and tenancy.sees(community_id))', target);
    elsif kind <> 'platform' then
        raise exception 'unknown kind of protection: %', kind;
    end if;
end $$;

revoke all on function tenancy.protect from public;
