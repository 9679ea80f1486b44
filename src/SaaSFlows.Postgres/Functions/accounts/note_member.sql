-- For triggers: tells all processes that a member's rights have changed.
create or replace function accounts.note_member() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(coalesce(new.tenant_id, old.tenant_id), coalesce(new.user_id, old.user_id), null);
    return null;
end $$;

revoke all on function accounts.note_member from public;
