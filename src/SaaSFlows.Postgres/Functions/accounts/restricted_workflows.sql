-- The restricted workflows of the tenant, or one of them, and what the person of the transaction (app.granted_to) is granted there. The tenant's
-- owners and admins and who made the workflow can do everything, so that nobody is locked out. A built-in role's grant reaches those above it too,
-- and, as for permissions, the lesser of the roles in tenant and community counts; an entity's reaches those who act in its community.
create or replace function accounts.restricted_workflows(only_workflow uuid) returns table (workflow_id uuid, rights integer)
    language plpgsql stable security definer set search_path = '' rows 100 as $$
declare
    person uuid := nullif(current_setting('app.granted_to', true), '')::uuid;
begin
    return query
        select w.id, case when m.role in ('owner', 'admin') or w.created_by = m.user_id then 31 else coalesce((
            select bit_or(g.rights) from accounts.workflow_grants g
            where g.workflow_id = w.id and (
                g.user_id = m.user_id
                -- A community's members have such roles from migration 0021 on.
                or g.role_id in (m.role_id, c.role_id)
                or (accounts.role_rank(g.role) <= accounts.role_rank(m.role) and accounts.role_rank(g.role) <= accounts.role_rank(c.role))
                or (g.entity_id is not null and tenancy.sees(g.entity_community_id)))), 0) end
        from automation.workflows w
            left join accounts.memberships m on m.tenant_id = w.tenant_id and m.user_id = person
            left join accounts.community_members c on c.community_id = w.community_id and c.user_id = m.user_id
        where w.tenant_id = tenancy.tenant() and w.is_restricted and (only_workflow is null or w.id = only_workflow);
end $$;

revoke all on function accounts.restricted_workflows from public;
