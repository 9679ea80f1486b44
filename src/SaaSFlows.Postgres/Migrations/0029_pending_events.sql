-- An event is stored in one transaction and sets off workflows and waits in others: until that is done it stands here, so that a process that dies in between loses nothing.
create table automation.pending_events (
    event_id uuid primary key references automation.events on delete cascade,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    community_id bigint,
    -- Whose grants on restricted workflows count; null if no grant restricts the publisher.
    granted_to uuid,
    -- Until then it is in somebody's hands.
    leased_until timestamptz not null,
    tries integer not null default 0
);
create index pending_events_due on automation.pending_events (leased_until);
select tenancy.protect('automation.pending_events', 'community');
alter policy community on automation.pending_events
    using (tenant_id = tenancy.tenant() and tenancy.sees_place(community_id)) with check (tenant_id = tenancy.tenant() and tenancy.writes_place(community_id));
grant select, insert, delete on automation.pending_events to saasflows_app;

create function automation.append_pending_event(new_id uuid, place bigint, aggregate text, type_of_aggregate text, expected bigint, type_of_event text, payload bytea, notes bytea,
    author uuid, moment timestamptz, granted uuid, leased timestamptz)
    returns table (version bigint, number bigint) language plpgsql set search_path = '' as $$
begin
    return query select a.version, a.number from automation.append_event(new_id, place, aggregate, type_of_aggregate, expected, type_of_event, payload, notes, author, moment) a;
    insert into automation.pending_events (event_id, tenant_id, community_id, granted_to, leased_until)
    select e.id, e.tenant_id, e.community_id, granted, leased from automation.events e where e.id = new_id
    on conflict do nothing;
end $$;
revoke execute on function automation.append_pending_event(uuid, bigint, text, text, bigint, text, bytea, bytea, uuid, timestamptz, uuid, timestamptz) from public;
grant execute on function automation.append_pending_event(uuid, bigint, text, text, bigint, text, bytea, bytea, uuid, timestamptz, uuid, timestamptz) to saasflows_app;

-- Takes events whose lease is over, of all open tenants. What fails again and again is tried after ever longer pauses, up to an hour.
create function automation.claim_pending_events(due timestamptz, lease interval, most integer)
    returns table (event_id uuid, tenant_id uuid, granted_to uuid) language sql security definer set search_path = '' as $$
    update automation.pending_events p set leased_until = due + least(lease * power(2, p.tries), interval '1 hour'), tries = least(p.tries + 1, 20)
    where p.event_id in (
        select d.event_id from automation.pending_events d join accounts.tenants t on t.tenant_id = d.tenant_id
        where d.leased_until <= due and t.status = 'active' order by d.leased_until limit most for update of d skip locked)
    returning p.event_id, p.tenant_id, p.granted_to
$$;
revoke execute on function automation.claim_pending_events(timestamptz, interval, integer) from public;
grant execute on function automation.claim_pending_events(timestamptz, interval, integer) to saasflows_lookup;
