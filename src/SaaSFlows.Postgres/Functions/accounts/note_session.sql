-- For the trigger of sessions: tells all processes that a session has ended.
create or replace function accounts.note_session() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(old.tenant_id, old.user_id, old.id);
    return null;
end $$;

revoke all on function accounts.note_session from public;
