-- What counts against the licence: every community's, whatever the caller may see of them.
create or replace function automation.workflows_in_use() returns bigint
    language sql stable security definer set search_path = '' as $$
    select count(*) from automation.workflows where tenant_id = tenancy.tenant() and status <> 'archived'
$$;

revoke all on function automation.workflows_in_use from public;
grant execute on function automation.workflows_in_use to saasflows_app;
