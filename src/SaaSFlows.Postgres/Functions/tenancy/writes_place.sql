-- As sees_place, but what belongs to all of a tenant is written by a tenant-wide role only.
create or replace function tenancy.writes_place(community bigint) returns boolean language sql stable parallel safe
    return case when community is null then coalesce(current_setting('app.community_ids', true), '') = '*' else tenancy.sees(community) end;

revoke all on function tenancy.writes_place from public;
grant execute on function tenancy.writes_place to saasflows_app;
