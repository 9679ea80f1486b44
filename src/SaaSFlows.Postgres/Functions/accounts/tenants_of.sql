-- All tenants of a user, the open ones first, and of those the one used last.
create or replace function accounts.tenants_of(member uuid)
    returns table (tenant_id uuid, slug text, name text, status text, role text, delete_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, t.name, case t.status when 'deleting' then 'closing' else t.status end, m.role, t.delete_at
    from accounts.memberships m join accounts.tenants t on t.tenant_id = m.tenant_id
    where m.user_id = member
    order by t.status = 'active' desc, m.last_used_at desc nulls last, m.created_at, t.tenant_id
$$;

revoke all on function accounts.tenants_of from public;
grant execute on function accounts.tenants_of to saasflows_lookup;
