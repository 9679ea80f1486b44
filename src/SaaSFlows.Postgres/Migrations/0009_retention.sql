-- Old history goes: whole weeks where nothing lives any more, single executions where something still does.

-- Lists by status: completed ones are found soon in any order of time, the others only with an index.
create index executions_status on engine.executions (tenant_id, status, id desc) where status <> 4;

-- Drops a week of executions with their journals, or of usage facts. False if an execution in it has not ended. Only a week that is long over can
-- be dropped, whoever calls. Ended executions stay ended and no new ones come into an old week, so what was looked up before the lock stays true.
create function engine.drop_week(monday date, usage boolean) returns boolean
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
        where id >= engine.uuid_at(monday::timestamp at time zone 'UTC') and id < engine.uuid_at((monday + 7)::timestamp at time zone 'UTC') and status < 4
    ) then
        return false;
    end if;
    execute format('drop table if exists engine.%I', 'executions_' || week);
    execute format('drop table if exists engine.%I', 'journal_' || week);
    return true;
end $$;

-- Deletes the first ended executions between two ids, with their journals. Answers how many, and where to go on.
create function engine.delete_ended(after uuid, before uuid, most integer) returns table (deleted bigint, last uuid)
    language sql security definer set search_path = '' as $$
    with ended as materialized (
        select id from engine.executions
        where id >= after and id < least(before, engine.uuid_at(now() - interval '1 day')) and status > 3
        order by id limit most for update skip locked
    ),
    journal as (
        delete from engine.journal j using ended e where j.execution_id = e.id and j.execution_id >= after and j.execution_id < before
    ),
    executions as (
        delete from engine.executions x using ended e where x.id = e.id and x.id >= after and x.id < before
    )
    select count(*), (array_agg(id order by id desc))[1] from ended
$$;

revoke execute on function engine.drop_week(date, boolean), engine.delete_ended(uuid, uuid, integer) from public;
grant execute on function engine.uuid_at(timestamptz), engine.drop_week(date, boolean), engine.delete_ended(uuid, uuid, integer) to saasflows_engine;
