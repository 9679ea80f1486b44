-- A key that no workflow of the tenant has, also none that the caller does not see. The caller holds the tenant's row, so that it stays free.
create or replace function automation.free_key(wanted text) returns text
    language plpgsql stable security definer set search_path = '' as $$
declare
    candidate text := wanted;
    number integer := 1;
begin
    while exists (select from automation.workflows w where w.tenant_id = tenancy.tenant() and w.key = candidate) loop
        number := number + 1;
        candidate := wanted || '-' || number;
    end loop;
    return candidate;
end $$;

revoke all on function automation.free_key from public;
grant execute on function automation.free_key to saasflows_app;
