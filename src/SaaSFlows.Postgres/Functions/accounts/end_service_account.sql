-- For the trigger of memberships: a service account ends with the membership in its tenant.
create or replace function accounts.end_service_account() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    delete from accounts.users where id = old.user_id and service_tenant_id = old.tenant_id;
    return null;
end $$;

revoke all on function accounts.end_service_account from public;
