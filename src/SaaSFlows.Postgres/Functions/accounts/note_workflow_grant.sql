-- For the trigger of workflow grants: tells all processes that the rights on a workflow have changed.
create or replace function accounts.note_workflow_grant() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.access_changes (tenant_id, workflow_id) values (coalesce(new.tenant_id, old.tenant_id), coalesce(new.workflow_id,
        old.workflow_id));
    return null;
end $$;

revoke all on function accounts.note_workflow_grant from public;
