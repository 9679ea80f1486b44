-- The communities that a member without a tenant-wide role acts in, with the permissions of the tenant's own roles.
create or replace function accounts.communities_of(in_tenant uuid, member uuid)
    returns table (community_id bigint, role text, role_id uuid, role_permissions text[])
    language sql stable security definer set search_path = '' as $$
    select c.community_id, c.role, c.role_id, r.permissions
    from accounts.community_members c left join accounts.roles r on r.tenant_id = c.tenant_id and r.id = c.role_id
    where c.tenant_id = in_tenant and c.user_id = member
$$;

revoke all on function accounts.communities_of from public;
grant execute on function accounts.communities_of to saasflows_lookup;
