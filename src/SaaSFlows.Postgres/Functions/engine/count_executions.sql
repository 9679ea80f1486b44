-- How many executions of these workflows of the tenant began at that time or later, by status. Policies are not asked row by row: the caller names
-- workflows that it was shown, and an execution is seen by those who see its workflow.
create or replace function engine.count_executions(of_workflows uuid[], since timestamptz) returns table (status smallint, executions bigint)
    language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    of_tenant uuid := tenancy.tenant();
    first uuid := engine.uuid_at(since);
begin
    return query
        select e.status, count(*) from engine.executions e
        where e.tenant_id = of_tenant and e.workflow_id = any (of_workflows) and e.id >= first
        group by e.status;
end $$;

revoke all on function engine.count_executions from public;
grant execute on function engine.count_executions to saasflows_app;
