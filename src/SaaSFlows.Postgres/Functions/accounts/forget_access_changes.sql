-- Tokens live a day at most: what is older concerns none.
create or replace function accounts.forget_access_changes() returns void language sql security definer set search_path = '' as $$
    delete from accounts.access_changes where changed_at < now() - interval '2 days'
$$;

revoke all on function accounts.forget_access_changes from public;
grant execute on function accounts.forget_access_changes to saasflows_lookup;
