-- Retention, of all tenants; how many were removed.
create or replace function automation.forget_events(before timestamptz, most integer) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    removed integer;
begin
    delete from automation.events where id in (select e.id from automation.events e where e.published_at < before order by e.published_at limit most);
    get diagnostics removed = row_count;
    return removed;
end $$;

revoke all on function automation.forget_events from public;
grant execute on function automation.forget_events to saasflows_lookup;
