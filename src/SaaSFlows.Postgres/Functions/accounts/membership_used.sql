-- Notes when a member last acted in a tenant.
create or replace function accounts.membership_used(used_tenant uuid, member uuid) returns void
    language sql security definer set search_path = '' as $$
    update accounts.memberships set last_used_at = now() where tenant_id = used_tenant and user_id = member
$$;

revoke all on function accounts.membership_used from public;
grant execute on function accounts.membership_used to saasflows_lookup;
