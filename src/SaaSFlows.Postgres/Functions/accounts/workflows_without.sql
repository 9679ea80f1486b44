-- The workflows where one of these rights is missing. Unset, app.granted_to names nobody.
create or replace function accounts.workflows_without(needed integer) returns setof uuid
    language plpgsql stable security definer set search_path = '' rows 100 as $$
begin
    if current_setting('app.granted_to', true) is distinct from '*' then
        return query select r.workflow_id from accounts.restricted_workflows(null) r where r.rights & needed <> needed;
    end if;
end $$;

revoke all on function accounts.workflows_without from public;
grant execute on function accounts.workflows_without to saasflows_app;
