-- For triggers: tells all processes that rights of any member of a tenant may have changed.
create or replace function accounts.note_tenant() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(coalesce(new.tenant_id, old.tenant_id), null, null);
    return null;
end $$;

revoke all on function accounts.note_tenant from public;
