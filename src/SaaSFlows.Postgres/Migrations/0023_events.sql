-- Events are kept: append-only, numbered per tenant in the order of their commits, versioned per aggregate.

-- For what belongs to a community or, without one, to all of a tenant. Whoever acts in the tenant sees what belongs to all of it; only a tenant-wide role writes it.
create function tenancy.sees_place(community bigint) returns boolean language sql stable parallel safe
    return case when community is null then coalesce(current_setting('app.community_ids', true), '') not in ('', '{}') else tenancy.sees(community) end;
create function tenancy.writes_place(community bigint) returns boolean language sql stable parallel safe
    return case when community is null then coalesce(current_setting('app.community_ids', true), '') = '*' else tenancy.sees(community) end;
revoke execute on function tenancy.sees_place(bigint), tenancy.writes_place(bigint) from public;
grant execute on function tenancy.sees_place(bigint), tenancy.writes_place(bigint) to saasflows_app;

-- A tenant's newest number. Its row lock puts the tenant's events into one order, so that readers who resume by number miss none.
create table automation.event_heads (
    tenant_id uuid primary key references accounts.tenants on delete cascade,
    number bigint not null
);

-- Versions outlive the events that retention removes.
create table automation.aggregates (
    tenant_id uuid not null references accounts.tenants on delete cascade,
    community_id bigint,
    aggregate_id text not null check (char_length(aggregate_id) between 1 and 200),
    version bigint not null,
    unique nulls not distinct (tenant_id, community_id, aggregate_id),
    foreign key (tenant_id, community_id) references accounts.communities (tenant_id, id) on delete cascade
);

create table automation.events (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    -- Null: told to all communities.
    community_id bigint,
    number bigint not null,
    aggregate_id text,
    aggregate_type text,
    version bigint,
    event_type text not null,
    -- UTF-8 JSON as it came; null for none.
    data bytea,
    metadata bytea,
    published_by uuid not null,
    published_at timestamptz not null,
    unique (tenant_id, number),
    check ((aggregate_id is null) = (version is null)),
    foreign key (tenant_id, community_id) references accounts.communities (tenant_id, id) on delete cascade
);
create index events_aggregate on automation.events (tenant_id, aggregate_id, number) where aggregate_id is not null;
create index events_age on automation.events (published_at);

select tenancy.protect('automation.event_heads', 'tenant'), tenancy.protect('automation.aggregates', 'community'), tenancy.protect('automation.events', 'community');
alter policy community on automation.aggregates
    using (tenant_id = tenancy.tenant() and tenancy.sees_place(community_id)) with check (tenant_id = tenancy.tenant() and tenancy.writes_place(community_id));
alter policy community on automation.events
    using (tenant_id = tenancy.tenant() and tenancy.sees_place(community_id)) with check (tenant_id = tenancy.tenant() and tenancy.writes_place(community_id));
grant select, insert, update on automation.event_heads, automation.aggregates to saasflows_app;
grant select, insert on automation.events to saasflows_app;

-- Appends an event, once per id. Version and number are those of the event if it is stored (then or now), else its aggregate's version and no number.
create function automation.append_event(new_id uuid, place bigint, aggregate text, type_of_aggregate text, expected bigint, type_of_event text, payload bytea, notes bytea,
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
    insert into automation.events (id, tenant_id, community_id, number, aggregate_id, aggregate_type, version, event_type, data, metadata, published_by, published_at)
    values (new_id, tenancy.tenant(), place, newest, aggregate, type_of_aggregate, current, type_of_event, payload, notes, author, moment);
    return query select current, newest;
end $$;
revoke execute on function automation.append_event(uuid, bigint, text, text, bigint, text, bytea, bytea, uuid, timestamptz) from public;
grant execute on function automation.append_event(uuid, bigint, text, text, bigint, text, bytea, bytea, uuid, timestamptz) to saasflows_app;

-- Retention, of all tenants; how many were removed.
create function automation.forget_events(before timestamptz, most integer) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    removed integer;
begin
    delete from automation.events where id in (select e.id from automation.events e where e.published_at < before order by e.published_at limit most);
    get diagnostics removed = row_count;
    return removed;
end $$;
revoke execute on function automation.forget_events(timestamptz, integer) from public;
grant execute on function automation.forget_events(timestamptz, integer) to saasflows_lookup;
