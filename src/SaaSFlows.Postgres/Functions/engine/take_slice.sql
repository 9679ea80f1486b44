-- Gives back what is unspent of a slice, and takes another of up to `want` deliveries if it can have `need` at least. A slice may be spent for a
-- sixtieth of the window and is counted in the slot after the present one, in which that time ends at the latest: so it counts as long as the last of
-- what it was spent for. It takes an eighth of the room at most, and nothing of small limits: where room is scarce, admit decides about each
-- delivery, exactly.
create or replace function engine.take_slice(webhook uuid, known_revision integer, need integer, want integer, unspent integer, unspent_slot bigint,
    unspent_seconds integer, moment timestamptz)
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
    select c.window_seconds, c.slots, c.counts into old_seconds, live, live_counts from engine.webhook_counters c where c.webhook_id = webhook
        for no key update;
    if not found then
        return;
    end if;
    select h.rate_limit_max, h.rate_limit_window into limit_max, limit_seconds from automation.webhooks h where h.id = webhook
        and h.revision = known_revision;
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

revoke all on function engine.take_slice from public;
grant execute on function engine.take_slice to saasflows_engine;
