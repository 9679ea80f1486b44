-- For what belongs to a community or, without one, to all of a tenant. Whoever acts in the tenant sees what belongs to all of it; only a tenant-wide
-- role writes it.
create or replace function tenancy.sees_place(community bigint) returns boolean language sql stable parallel safe
    return case when community is null then coalesce(current_setting('app.community_ids', true), '') not in ('', '{}')
        else tenancy.sees(community) end;

revoke all on function tenancy.sees_place from public;
grant execute on function tenancy.sees_place to saasflows_app;
