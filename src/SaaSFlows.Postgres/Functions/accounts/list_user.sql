-- For the trigger of users: carries a changed name or address to the text by which a member is listed.
create or replace function accounts.list_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    update accounts.memberships set listed_as = lower(new.user_name || ' ' || new.email) where user_id = new.id;
    return null;
end $$;

revoke all on function accounts.list_user from public;
