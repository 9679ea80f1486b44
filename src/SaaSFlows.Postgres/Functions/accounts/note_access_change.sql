-- For triggers, which run as the owner.
create or replace function accounts.note_access_change(in_tenant uuid, of_user uuid, of_session uuid) returns void
    language sql security definer set search_path = '' as $$
    insert into accounts.access_changes (tenant_id, user_id, session_id) values (in_tenant, of_user, of_session)
$$;

revoke all on function accounts.note_access_change from public;
