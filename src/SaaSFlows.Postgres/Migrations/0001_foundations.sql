-- Schemas, the settings that row-level security reads, and who may use what.
-- The four login roles exist before the first migration runs (Migrations/Roles.cs); migrations run as saasflows_owner.
--   owner   migrations only
--   app     one tenant per transaction (app.tenant_id, app.community_ids)
--   engine  executions, journal, queue, bookmarks, inbox, de-duplication, usage facts of all tenants, and the few columns that an accept checks
--   lookup  finds a tenant before one is known: sign-in, tokens, webhook tokens

create schema tenancy;
create schema accounts;
create schema automation;
create schema engine;

grant usage on schema tenancy, accounts, automation, engine to saasflows_app;
grant usage on schema accounts, automation, engine to saasflows_engine;
grant usage on schema accounts, automation to saasflows_lookup;

-- Null when no tenant is set: then no row matches. After a RESET the setting is '' and not null, hence the nullif.
create function tenancy.tenant() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.tenant_id', true), '')::uuid;

-- '*' for a caller whose role is tenant-wide, else an array literal such as {1,2}; unset shows nothing.
create function tenancy.sees(community bigint) returns boolean language sql stable parallel safe
    return case coalesce(current_setting('app.community_ids', true), '')
        when '' then false
        when '*' then true
        else community = any (current_setting('app.community_ids', true)::bigint[])
    end;

revoke execute on all functions in schema tenancy from public;
grant execute on all functions in schema tenancy to saasflows_app;

-- Puts the walls around a table: called once for each table that a migration makes.
-- kind: 'tenant' (tenant_id), 'community' (tenant_id and community_id), 'platform' (no tenant; only what is granted by hand).
create function tenancy.protect(target regclass, kind text) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    -- FORCE binds the owner too: without a policy of its own a data migration would silently change nothing.
    execute format('create policy owner_all on %s to saasflows_owner using (true) with check (true)', target);
    if kind = 'tenant' then
        execute format('create policy tenant on %s to saasflows_app using (tenant_id = tenancy.tenant()) with check (tenant_id = tenancy.tenant())', target);
    elsif kind = 'community' then
        execute format('create policy community on %s to saasflows_app using (tenant_id = tenancy.tenant() and tenancy.sees(community_id))'
            ' with check (tenant_id = tenancy.tenant() and tenancy.sees(community_id))', target);
    elsif kind <> 'platform' then
        raise exception 'unknown kind of protection: %', kind;
    end if;
end $$;

revoke execute on function tenancy.protect(regclass, text) from public;
