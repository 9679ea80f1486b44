-- For the trigger of memberships: keeps the text by which a member is listed and searched.
create or replace function accounts.list_member() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    select lower(u.user_name || ' ' || u.email) into strict new.listed_as from accounts.users u where u.id = new.user_id;
    return new;
end $$;

revoke all on function accounts.list_member from public;
