-- The tenants that a user may act in, the one used last first. An owner whose tenant is to be deleted may sign in to take that back, and for nothing
-- else.
create or replace function accounts.memberships_of(member uuid)
    returns table (tenant_id uuid, slug text, name text, role text, role_permissions text[])
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, t.name, case t.status when 'active' then m.role else 'custom' end,
        case t.status when 'active' then r.permissions else array['delete:tenant'] end
    from accounts.memberships m join accounts.tenants t on t.tenant_id = m.tenant_id
        left join accounts.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.user_id = member and (t.status = 'active' or (t.status = 'closing' and m.role = 'owner'))
    order by t.status = 'active' desc, m.last_used_at desc nulls last, m.created_at
$$;

revoke all on function accounts.memberships_of from public;
grant execute on function accounts.memberships_of to saasflows_lookup;
