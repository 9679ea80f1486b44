-- How many deliveries a webhook takes, decided by the statement that accepts them. See docs/adr/0012-webhook-rates.md.

alter table automation.webhooks
    add rate_limit_max integer not null default 60 check (rate_limit_max > 0),
    -- Seconds.
    add rate_limit_window integer not null default 60 check (rate_limit_window > 0);
grant select (rate_limit_max, rate_limit_window) on automation.webhooks to saasflows_engine;

-- Two changes at the same moment are two revisions: nobody who checked against the first one's rules passes for one who knows the second's.
create function automation.revise_webhook() returns trigger language plpgsql as $$
begin
    new.revision := old.revision + 1;
    return new;
end $$;
create trigger revise_webhook before update on automation.webhooks for each row execute function automation.revise_webhook();

-- Archiving takes a workflow's webhooks with it from now on.
delete from automation.webhooks h using automation.workflows w where w.id = h.workflow_id and w.status = 'archived';

-- What each webhook has taken. A row lives as long as its webhook, so that accepting never has to make one.
create table engine.webhook_counters (
    webhook_id uuid primary key references automation.webhooks on delete cascade,
    tenant_id uuid not null,
    community_id bigint not null,
    -- The window that the slots are sixtieths of: a slot's number is its start since 1970, in sixtieths of the window.
    window_seconds integer not null default 60,
    -- The slots of the window in which something came, oldest first, and how much came in each.
    slots bigint[] not null default '{}',
    counts integer[] not null default '{}',
    total bigint not null default 0,
    last_at timestamptz
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

insert into engine.webhook_counters (webhook_id, tenant_id, community_id, total, last_at)
select h.id, h.tenant_id, h.community_id, coalesce(e.total, 0), e.last_at
from automation.webhooks h
left join (
    select webhook_id, count(*) as total, max(created_at) as last_at from engine.executions where webhook_id is not null group by 1
) e on e.webhook_id = h.id;

create function automation.count_webhook() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into engine.webhook_counters (webhook_id, tenant_id, community_id) values (new.id, new.tenant_id, new.community_id);
    return null;
end $$;
create trigger count_webhook after insert on automation.webhooks for each row execute function automation.count_webhook();

select tenancy.protect('engine.webhook_counters', 'community');
create policy engine on engine.webhook_counters to saasflows_engine using (true) with check (true);
grant select on engine.webhook_counters to saasflows_app;
grant select, update on engine.webhook_counters to saasflows_engine;

-- What engine.admit does, for deliveries of one webhook without event keys.
create function engine.admit_one(ns bigint[], webhook uuid, most integer, seconds integer, moment timestamptz)
    returns table (n bigint, admitted boolean, rate_left integer, frees_at timestamptz)
    language plpgsql volatile strict as $$
declare
    ms constant bigint := extract(epoch from moment) * 1000;
    old_seconds integer;
    live bigint[];
    live_counts integer[];
    newest bigint;
    oldest bigint;
    used integer;
    granted integer;
begin
    -- Whoever waited for the row reads what it says now.
    select c.window_seconds, c.slots, c.counts into old_seconds, live, live_counts from engine.webhook_counters c where c.webhook_id = webhook for no key update;
    if not found then
        return;
    end if;
    newest := greatest(ms * 60 / (old_seconds * 1000), live[cardinality(live)]);
    while live[1] < newest - 60 loop
        live := live[2:];
        live_counts := live_counts[2:];
    end loop;
    used := coalesce((select sum(x) from unnest(live_counts) x), 0);
    if old_seconds <> seconds then
        newest := ms * 60 / (seconds * 1000);
        live := case when used > 0 then array[newest] else '{}' end;
        live_counts := case when used > 0 then array[used] else '{}' end;
    end if;
    oldest := coalesce(live[1], newest);
    granted := least(cardinality(ns), greatest(most - used, 0));
    if granted > 0 then
        if live[cardinality(live)] = newest then
            live_counts[cardinality(live_counts)] := live_counts[cardinality(live_counts)] + granted;
        else
            live := live || newest;
            live_counts := live_counts || granted;
        end if;
        update engine.webhook_counters c set window_seconds = seconds, slots = live, counts = live_counts, total = c.total + granted, last_at = moment
        where c.webhook_id = webhook;
    end if;
    return query
    select a.n, a.place <= granted, greatest(most - used - least(a.place, granted), 0)::integer, to_timestamp(ceil((oldest + 61) * seconds * 1000 / 60.0) / 1000)
    from (select x.n, row_number() over (order by x.n) as place from unnest(ns) as x (n)) a;
end $$;
revoke execute on function engine.admit_one(bigint[], uuid, integer, integer, timestamptz) from public;
grant execute on function engine.admit_one(bigint[], uuid, integer, integer, timestamptz) to saasflows_engine;

-- Decides for all deliveries of a batch (number n each; most: the limit; seconds: its window) which of them their webhooks still take, and counts those. A slot counts
-- until it lies wholly outside of the window: never more than the limit within any window, and room at most a sixtieth of it later than it could be.
-- An event that was accepted before passes and counts nothing. A webhook that is gone has no row, and its deliveries none in the answer.
create function engine.admit(ns bigint[], webhooks uuid[], tenants uuid[], sources uuid[], event_keys text[], mosts integer[], windows integer[], moment timestamptz)
    returns table (n bigint, admitted boolean, rate_left integer, frees_at timestamptz)
    language plpgsql volatile strict as $$
declare
    ms constant bigint := extract(epoch from moment) * 1000;
begin
    -- The commonest batch, and the one that decides how much a single webhook takes.
    if webhooks[1] = all (webhooks) and num_nulls(variadic event_keys) = cardinality(event_keys) then
        return query select * from engine.admit_one(ns, webhooks[1], mosts[1], windows[1], moment);
        return;
    end if;
    -- Who holds the rows decides alone; the next one's statements see what it stored, its event keys too. In one order, so that two can't wait for each other.
    perform from engine.webhook_counters c where c.webhook_id = any (webhooks) order by c.webhook_id for no key update;
    return query
    with asked as (
        select a.*, case when a.event_key is null then a.n else min(a.n) over (partition by a.webhook_id, a.source, a.event_key) end as first,
            coalesce((select d.expires_at > moment from engine.deduplication d where d.tenant_id = a.tenant_id and d.source = a.source and d.event_key = a.event_key), false) as seen
        from unnest(ns, webhooks, tenants, sources, event_keys, mosts, windows) as a (n, webhook_id, tenant_id, source, event_key, most, seconds)
    ),
    -- Deliveries of one event stand or fall together.
    ranked as materialized (
        select a.*, case when a.seen then 0 else dense_rank() over (partition by a.webhook_id, a.seen order by a.first) end as rank from asked a
    ),
    wanted as (
        select r.webhook_id, max(r.most) as most, max(r.seconds) as seconds, max(r.rank)::integer as many from ranked r group by r.webhook_id
    ),
    -- A clock that is behind the others' counts into their newest slot.
    live as (
        select w.*, c.window_seconds = w.seconds as same, s.newest, l.*
        from wanted w
        join engine.webhook_counters c on c.webhook_id = w.webhook_id
        cross join lateral (select greatest(ms * 60 / (c.window_seconds * 1000), c.slots[cardinality(c.slots)]) as newest) s
        cross join lateral (
            select coalesce(array_agg(x.slot order by x.slot), '{}') as slots, coalesce(array_agg(x.count order by x.slot), '{}') as counts, coalesce(sum(x.count), 0)::integer as used
            from unnest(c.slots, c.counts) as x (slot, count) where x.slot >= s.newest - 60
        ) l
    ),
    -- After a change of the window all that counts counts from now on.
    standing as materialized (
        select v.webhook_id, v.most, v.seconds, v.used, least(v.many, greatest(v.most - v.used, 0)) as granted, t.newest,
            case when v.same then v.slots when v.used > 0 then array[t.newest] else '{}' end as slots,
            case when v.same then v.counts when v.used > 0 then array[v.used] else '{}' end as counts
        from live v
        cross join lateral (select case when v.same then v.newest else ms * 60 / (v.seconds * 1000) end as newest) t
    ),
    stored as (
        update engine.webhook_counters c set
            window_seconds = s.seconds,
            slots = case when s.slots[cardinality(s.slots)] = s.newest then s.slots else s.slots || s.newest end,
            counts = case when s.slots[cardinality(s.slots)] = s.newest
                then s.counts[:cardinality(s.counts) - 1] || (s.counts[cardinality(s.counts)] + s.granted) else s.counts || s.granted end,
            total = c.total + s.granted,
            last_at = moment
        from standing s where c.webhook_id = s.webhook_id and s.granted > 0
    )
    select r.n, r.rank <= s.granted, greatest(s.most - s.used - case when r.seen then s.granted else least(r.rank, s.granted) end, 0)::integer,
        to_timestamp(ceil((coalesce(s.slots[1], s.newest) + 61) * s.seconds * 1000 / 60.0) / 1000)
    from ranked r join standing s on s.webhook_id = r.webhook_id;
end $$;
revoke execute on function engine.admit(bigint[], uuid[], uuid[], uuid[], text[], integer[], integer[], timestamptz), automation.count_webhook(), automation.revise_webhook() from public;
grant execute on function engine.admit(bigint[], uuid[], uuid[], uuid[], text[], integer[], integer[], timestamptz) to saasflows_engine;

-- Webhooks were counted through it; accepting need not keep it any more.
drop index engine.executions_webhook;
