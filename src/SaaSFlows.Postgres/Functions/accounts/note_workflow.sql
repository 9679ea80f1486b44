-- For the trigger of workflows: tells all processes that a workflow became restricted, or is so no longer.
create or replace function accounts.note_workflow() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.access_changes (tenant_id, workflow_id) values (new.tenant_id, new.id);
    return null;
end $$;

revoke all on function accounts.note_workflow from public;
