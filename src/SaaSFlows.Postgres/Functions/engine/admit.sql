-- Decides for all deliveries of a batch (number n each; most: the limit; seconds: its window) which of them their webhooks still take, and counts
-- those. A slot counts until it lies wholly outside of the window: never more than the limit within any window, and room at most a sixtieth of it
-- later than it could be. Slices are counted in the slot after the present one: which slots still count follows from the clock, not from the newest
-- slot. An event that was accepted before passes and counts nothing. A webhook that is gone has no row, and its deliveries none in the answer.
create or replace function engine.admit(ns bigint[], webhooks uuid[], tenants uuid[], sources uuid[], event_keys text[], mosts integer[],
    windows integer[], moment timestamptz)
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
    -- Who holds the rows decides alone; the next one's statements see what it stored, its event keys too. In one order, so that two can't wait for
    -- each other.
    perform from engine.webhook_counters c where c.webhook_id = any (webhooks) order by c.webhook_id for no key update;
    return query
    with asked as (
        select a.*, case when a.event_key is null then a.n else min(a.n) over (partition by a.webhook_id, a.source, a.event_key) end as first,
            coalesce((select d.expires_at > moment from engine.deduplication d where d.tenant_id = a.tenant_id and d.source = a.source
                and d.event_key = a.event_key), false) as seen
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
            select coalesce(array_agg(x.slot order by x.slot), '{}') as slots, coalesce(array_agg(x.count order by x.slot), '{}') as counts,
                coalesce(sum(x.count), 0)::integer as used
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

revoke all on function engine.admit from public;
grant execute on function engine.admit to saasflows_engine;
