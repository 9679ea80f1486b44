-- All rights where nothing restricts: for app.granted_to = '*', and for workflows without grants.
create or replace function accounts.workflow_rights(of_workflow uuid) returns integer
    language plpgsql stable security definer set search_path = '' as $$
begin
    if current_setting('app.granted_to', true) = '*' then
        return 31;
    end if;
    return coalesce((select r.rights from accounts.restricted_workflows(of_workflow) r), 31);
end $$;

revoke all on function accounts.workflow_rights from public;
grant execute on function accounts.workflow_rights to saasflows_app;
