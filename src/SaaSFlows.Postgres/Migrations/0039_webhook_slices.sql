-- A process takes a slice of a busy webhook's window in one update and spends it from memory. See docs/adr/0012-webhook-rates.md.

-- Deliveries that were accepted from slices, counted by the statement that accepts them. It only inserts: two processes never wait for each other.
-- The next slice adds the rows up, under the lock of the webhook's counter.
create table engine.webhook_starts (
    webhook_id uuid not null,
    tenant_id uuid not null,
    community_id bigint not null,
    count integer not null,
    at timestamptz not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
create index webhook_starts_webhook on engine.webhook_starts (webhook_id);
select tenancy.protect('engine.webhook_starts', 'community');
create policy engine on engine.webhook_starts to saasflows_engine using (true) with check (true);
grant select on engine.webhook_starts to saasflows_app;
grant select, insert, delete on engine.webhook_starts to saasflows_engine;

-- As in 0025, but slices are counted in the slot after the present one: which slots still count follows from the clock, not from the newest slot.
create or replace function engine.admit_one(ns bigint[], webhook uuid, most integer, seconds integer, moment timestamptz)
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
    newest := ms * 60 / (old_seconds * 1000);
    while live[1] < newest - 60 loop
        live := live[2:];
        live_counts := live_counts[2:];
    end loop;
    newest := greatest(newest, live[cardinality(live)]);
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

-- As in 0025, but for the same reason.
create or replace function engine.admit(ns bigint[], webhooks uuid[], tenants uuid[], sources uuid[], event_keys text[], mosts integer[], windows integer[], moment timestamptz)
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
        select w.*, c.window_seconds = w.seconds as same, greatest(s.present, l.slots[cardinality(l.slots)]) as newest, l.*
        from wanted w
        join engine.webhook_counters c on c.webhook_id = w.webhook_id
        cross join lateral (select ms * 60 / (c.window_seconds * 1000) as present) s
        cross join lateral (
            select coalesce(array_agg(x.slot order by x.slot), '{}') as slots, coalesce(array_agg(x.count order by x.slot), '{}') as counts, coalesce(sum(x.count), 0)::integer as used
            from unnest(c.slots, c.counts) as x (slot, count) where x.slot >= s.present - 60
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

-- Gives back what is unspent of a slice, and takes another of up to `want` deliveries if it can have `need` at least. A slice may be spent for a sixtieth of the window and
-- is counted in the slot after the present one, in which that time ends at the latest: so it counts as long as the last of what it was spent for.
-- It takes an eighth of the room at most, and nothing of small limits: where room is scarce, admit decides about each delivery, exactly.
create function engine.take_slice(webhook uuid, known_revision integer, need integer, want integer, unspent integer, unspent_slot bigint, unspent_seconds integer, moment timestamptz)
    returns table (granted integer, slot bigint, seconds integer, most integer, rate_left integer, frees_at timestamptz)
    language plpgsql volatile strict as $$
declare
    ms constant bigint := extract(epoch from moment) * 1000;
    smallest_limit constant integer := 1000;
    old_seconds integer;
    live bigint[];
    live_counts integer[];
    present bigint;
    newest bigint;
    place integer;
    used integer;
    taken integer := 0;
    started bigint;
    started_at timestamptz;
    limit_max integer;
    limit_seconds integer;
begin
    -- What is accepted with the slice is flushed after it in the same log, so it needs no flush of its own.
    perform set_config('synchronous_commit', 'off', true);
    select c.window_seconds, c.slots, c.counts into old_seconds, live, live_counts from engine.webhook_counters c where c.webhook_id = webhook for no key update;
    if not found then
        return;
    end if;
    select h.rate_limit_max, h.rate_limit_window into limit_max, limit_seconds from automation.webhooks h where h.id = webhook and h.revision = known_revision;
    place := array_position(live, unspent_slot);
    if unspent > 0 and old_seconds = unspent_seconds and place is not null then
        live_counts[place] := greatest(live_counts[place] - unspent, 0);
    end if;
    present := ms * 60 / (old_seconds * 1000);
    while live[1] < present - 60 loop
        live := live[2:];
        live_counts := live_counts[2:];
    end loop;
    used := coalesce((select sum(x) from unnest(live_counts) x), 0);
    if old_seconds <> limit_seconds then
        old_seconds := limit_seconds;
        present := ms * 60 / (limit_seconds * 1000);
        live := case when used > 0 then array[present] else '{}' end;
        live_counts := case when used > 0 then array[used] else '{}' end;
    end if;
    newest := greatest(present + 1, live[cardinality(live)]);
    if limit_max >= smallest_limit then
        taken := least(want, greatest(limit_max - used, 0) / 8);
        taken := case when taken < need then 0 else taken end;
    end if;
    if taken > 0 then
        if live[cardinality(live)] = newest then
            live_counts[cardinality(live_counts)] := live_counts[cardinality(live_counts)] + taken;
        else
            live := live || newest;
            live_counts := live_counts || taken;
        end if;
    end if;
    with gone as (delete from engine.webhook_starts s where s.webhook_id = webhook returning s.count, s.at)
    select coalesce(sum(g.count), 0), max(g.at) into started, started_at from gone g;
    update engine.webhook_counters c set
        window_seconds = old_seconds, slots = live, counts = live_counts, total = c.total + started, last_at = greatest(c.last_at, started_at)
    where c.webhook_id = webhook;
    return query select taken, newest, limit_seconds, limit_max, greatest(limit_max - used - taken, 0),
        to_timestamp(ceil((coalesce(live[1], newest) + 61) * limit_seconds * 1000 / 60.0) / 1000)
    where limit_max is not null;
end $$;
revoke execute on function engine.take_slice(uuid, integer, integer, integer, integer, bigint, integer, timestamptz) from public;
grant execute on function engine.take_slice(uuid, integer, integer, integer, integer, bigint, integer, timestamptz) to saasflows_engine;
