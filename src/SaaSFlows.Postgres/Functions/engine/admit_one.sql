-- What engine.admit does, for deliveries of one webhook without event keys.
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
    select c.window_seconds, c.slots, c.counts into old_seconds, live, live_counts from engine.webhook_counters c where c.webhook_id = webhook
        for no key update;
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
    select a.n, a.place <= granted, greatest(most - used - least(a.place, granted), 0)::integer,
        to_timestamp(ceil((oldest + 61) * seconds * 1000 / 60.0) / 1000)
    from (select x.n, row_number() over (order by x.n) as place from unnest(ns) as x (n)) a;
end $$;

revoke all on function engine.admit_one from public;
grant execute on function engine.admit_one to saasflows_engine;
