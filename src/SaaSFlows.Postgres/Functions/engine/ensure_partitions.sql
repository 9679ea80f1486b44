-- Makes the weekly partitions from the week of since up to that of until; makes nothing twice, answers how many it made.
create or replace function engine.ensure_partitions(since timestamptz, until timestamptz) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    week timestamptz := date_trunc('week', since, 'UTC');
    made integer := 0;
    parent text;
    child text;
begin
    perform pg_advisory_xact_lock(hashtext('engine.ensure_partitions'));
    while week <= until loop
        foreach parent in array array['executions', 'journal', 'usage_facts'] loop
            child := parent || '_' || to_char(week at time zone 'UTC', 'IYYY"w"IW');
            if to_regclass('engine.' || child) is null then
                -- Attaching, unlike creating in place, does not shut out the writers of the other partitions.
                execute format('create table engine.%I (like engine.%I including all) with (fillfactor = %s)', child, parent,
                    -- An execution's row is rewritten some times in its life: room in its page spares the indexes.
                    case parent when 'executions' then 70 else 100 end);
                execute format('alter table engine.%I attach partition engine.%I for values from (%L) to (%L)', parent, child,
                    engine.uuid_at(week), engine.uuid_at(week + interval '7 days'));
                -- Nobody is granted a partition itself; without a policy it would show nothing either.
                execute format('alter table engine.%I enable row level security', child);
                execute format('alter table engine.%I force row level security', child);
                made := made + 1;
            end if;
        end loop;
        week := week + interval '7 days';
    end loop;
    return made;
end $$;

revoke all on function engine.ensure_partitions from public;
grant execute on function engine.ensure_partitions to saasflows_engine;
