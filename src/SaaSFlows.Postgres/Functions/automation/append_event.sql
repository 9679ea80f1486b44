-- Appends an event, once per id. Version and number are those of the event if it is stored (then or now), else its aggregate's version and no number.
create or replace function automation.append_event(new_id uuid, place bigint, aggregate text, type_of_aggregate text, expected bigint,
    type_of_event text, payload bytea, notes bytea,
    author uuid, moment timestamptz)
    returns table (version bigint, number bigint) language plpgsql set search_path = '' as $$
declare
    newest bigint;
    current bigint;
begin
    -- One after the other in a tenant, until the commit.
    insert into automation.event_heads as h (tenant_id, number) values (tenancy.tenant(), 0) on conflict (tenant_id) do update set number = h.number
    returning h.number + 1 into newest;
    return query select e.version, e.number from automation.events e where e.id = new_id;
    if found then
        return;
    end if;
    if aggregate is not null then
        select a.version into current from automation.aggregates a
        where a.tenant_id = tenancy.tenant() and a.community_id is not distinct from place and a.aggregate_id = aggregate;
        current := coalesce(current, 0);
        if expected is not null and expected <> current then
            return query select current, null::bigint;
            return;
        end if;
        current := current + 1;
        insert into automation.aggregates (tenant_id, community_id, aggregate_id, version) values (tenancy.tenant(), place, aggregate, current)
        on conflict (tenant_id, community_id, aggregate_id) do update set version = excluded.version;
    end if;
    update automation.event_heads h set number = newest where h.tenant_id = tenancy.tenant();
    insert into automation.events (id, tenant_id, community_id, number, aggregate_id, aggregate_type, version, event_type, data, metadata,
        published_by, published_at)
    values (new_id, tenancy.tenant(), place, newest, aggregate, type_of_aggregate, current, type_of_event, payload, notes, author, moment);
    return query select current, newest;
end $$;

revoke all on function automation.append_event from public;
grant execute on function automation.append_event to saasflows_app;
