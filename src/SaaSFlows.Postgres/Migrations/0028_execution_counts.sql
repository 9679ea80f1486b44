-- Statistics count a workflow's executions by status from the index alone: a tenant has a million of them in a month.
drop index engine.executions_workflow;
create index executions_workflow on engine.executions (tenant_id, workflow_id, id desc) include (status);

-- How many executions of these workflows of the tenant began at that time or later, by status. Policies are not asked row by row: the caller names
-- workflows that it was shown, and an execution is seen by those who see its workflow.
create function engine.count_executions(of_workflows uuid[], since timestamptz) returns table (status smallint, executions bigint)
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
revoke execute on function engine.count_executions(uuid[], timestamptz) from public;
grant execute on function engine.count_executions(uuid[], timestamptz), engine.uuid_at(timestamptz) to saasflows_app;
