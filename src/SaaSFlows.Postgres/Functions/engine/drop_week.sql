-- Drops a week of executions with their journals, or of usage facts. False if an execution in it has not ended. Only a week that is long over can
-- be dropped, whoever calls. Ended executions stay ended and no new ones come into an old week, so what was looked up before the lock stays true.
create or replace function engine.drop_week(monday date, usage boolean) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    week text := to_char(monday, 'IYYY"w"IW');
begin
    if monday > now() - interval '8 days' then
        raise exception 'the week of % is too young to be dropped', monday;
    end if;
    perform pg_advisory_xact_lock(hashtext('engine.ensure_partitions'));
    -- Everybody who uses the tables waits behind whoever waits for this lock: so not for long. The caller tries again.
    set local lock_timeout = '200ms';
    if usage then
        execute format('drop table if exists engine.%I', 'usage_facts_' || week);
        return true;
    end if;
    if to_regclass('engine.executions_' || week) is null then
        return true;
    end if;
    -- Through the parent: a partition itself shows nothing to anybody.
    if exists (
        select from engine.executions
        where id >= engine.uuid_at(monday::timestamp at time zone 'UTC') and id < engine.uuid_at((monday + 7)::timestamp at time zone 'UTC')
            and status < 4
    ) then
        return false;
    end if;
    execute format('drop table if exists engine.%I', 'executions_' || week);
    execute format('drop table if exists engine.%I', 'journal_' || week);
    return true;
end $$;

revoke all on function engine.drop_week from public;
grant execute on function engine.drop_week to saasflows_engine;
