-- What other communities of the tenant share with those that the transaction sees, but for what it sees anyway.
create or replace function automation.shared_workflows() returns setof automation.workflows
    language sql stable security definer set search_path = '' as $$
    select w.* from automation.workflows w
    where w.tenant_id = tenancy.tenant() and not tenancy.sees(w.community_id) and w.id in (
        select s.workflow_id from automation.workflow_shares s where s.tenant_id = tenancy.tenant() and tenancy.sees(s.shared_with))
        and not (w.is_restricted and w.id in (select accounts.workflows_without(1)))
$$;

revoke all on function automation.shared_workflows from public;
grant execute on function automation.shared_workflows to saasflows_app;
