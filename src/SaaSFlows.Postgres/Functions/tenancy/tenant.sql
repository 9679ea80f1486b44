-- Null when no tenant is set: then no row matches. After a RESET the setting is '' and not null, hence the nullif.
create or replace function tenancy.tenant() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.tenant_id', true), '')::uuid;

revoke all on function tenancy.tenant from public;
grant execute on function tenancy.tenant to saasflows_app;
