-- Deletes the first ended executions between two ids, with their journals. Answers how many, and where to go on. Each row is looked up by its id:
-- joined with the chosen ones, the journal of the whole rest of the week was read for each batch.
create or replace function engine.delete_ended(after uuid, before uuid, most integer) returns table (deleted bigint, last uuid)
    language plpgsql security definer set search_path = '' as $$
declare
    ids uuid[];
begin
    select array_agg(id order by id) into ids from (
        select id from engine.executions
        where id >= after and id < least(before, engine.uuid_at(now() - interval '1 day')) and status > 3
        order by id limit most for update skip locked
    ) ended;
    delete from engine.journal where execution_id = any (ids) and execution_id >= after and execution_id < before;
    delete from engine.executions where id = any (ids) and id >= after and id < before;
    return query select coalesce(cardinality(ids), 0)::bigint, ids[cardinality(ids)];
end $$;

revoke all on function engine.delete_ended from public;
grant execute on function engine.delete_ended to saasflows_engine;
