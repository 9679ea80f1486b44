-- '*' for a caller whose role is tenant-wide, else an array literal such as {1,2}; unset shows nothing.
create or replace function tenancy.sees(community bigint) returns boolean language sql stable parallel safe
    return case coalesce(current_setting('app.community_ids', true), '')
        when '' then false
        when '*' then true
        else community = any (current_setting('app.community_ids', true)::bigint[])
    end;

revoke all on function tenancy.sees from public;
grant execute on function tenancy.sees to saasflows_app;
