-- Appends an event as append_event does, and remembers that it has not set off anything yet.
create or replace function automation.append_pending_event(new_id uuid, place bigint, aggregate text, type_of_aggregate text, expected bigint,
    type_of_event text, payload bytea, notes bytea,
    author uuid, moment timestamptz, granted uuid, leased timestamptz)
    returns table (version bigint, number bigint) language plpgsql set search_path = '' as $$
begin
    return query select a.version, a.number from automation.append_event(new_id, place, aggregate, type_of_aggregate, expected, type_of_event,
        payload, notes, author, moment) a;
    insert into automation.pending_events (event_id, tenant_id, community_id, granted_to, leased_until)
    select e.id, e.tenant_id, e.community_id, granted, leased from automation.events e where e.id = new_id
    on conflict do nothing;
end $$;

revoke all on function automation.append_pending_event from public;
grant execute on function automation.append_pending_event to saasflows_app;
