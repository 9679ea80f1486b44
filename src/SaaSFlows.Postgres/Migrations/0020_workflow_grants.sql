-- What members may do with single workflows. Grants restrict: a role's permissions stay the bound from above.

-- Kept besides the grants: when the last one goes with its user, the workflow stays closed. The hot path reads it with the rest of the row.
alter table automation.workflows add column is_restricted boolean not null default false;
create index workflows_restricted on automation.workflows (tenant_id, id) where is_restricted;

create table accounts.workflow_grants (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    -- The workflow's own.
    community_id bigint not null,
    workflow_id uuid not null,
    -- One of them.
    user_id uuid,
    role text check (role in ('owner', 'admin', 'editor', 'operator', 'viewer')),
    role_id uuid,
    entity_id bigint,
    -- The entity's own.
    entity_community_id bigint,
    -- 1 can_view, 2 can_edit, 4 can_execute, 8 can_delete, 16 can_manage_permissions. Who may do something sees it.
    rights integer not null check (rights between 1 and 31 and rights & 1 = 1),
    check (num_nonnulls(user_id, role, role_id, entity_id) = 1 and (entity_id is null) = (entity_community_id is null)),
    unique nulls not distinct (workflow_id, user_id, role, role_id, entity_id),
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade,
    foreign key (tenant_id, user_id) references accounts.memberships (tenant_id, user_id) on delete cascade,
    foreign key (tenant_id, role_id) references accounts.roles (tenant_id, id) on delete cascade,
    foreign key (tenant_id, entity_community_id, entity_id) references accounts.entities (tenant_id, community_id, id) on delete cascade
);
create index workflow_grants_user on accounts.workflow_grants (tenant_id, user_id) where user_id is not null;
create index workflow_grants_role on accounts.workflow_grants (tenant_id, role_id) where role_id is not null;
create index workflow_grants_entity on accounts.workflow_grants (tenant_id, entity_community_id, entity_id) where entity_id is not null;
select tenancy.protect('accounts.workflow_grants', 'community');
grant select, insert, update (rights), delete on accounts.workflow_grants to saasflows_app;

create function accounts.role_rank(role text) returns integer language sql immutable parallel safe
    return array_position(array['viewer', 'operator', 'editor', 'admin', 'owner'], role);

-- The restricted workflows of the tenant, or one of them, and what the person of the transaction (app.granted_to) is granted there. The tenant's owners and
-- admins and who made the workflow can do everything, so that nobody is locked out. A built-in role's grant reaches those above it too, and, as for
-- permissions, the lesser of the roles in tenant and community counts; an entity's reaches those who act in its community.
create function accounts.restricted_workflows(only_workflow uuid) returns table (workflow_id uuid, rights integer)
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

-- All rights where nothing restricts: for app.granted_to = '*', and for workflows without grants.
create function accounts.workflow_rights(of_workflow uuid) returns integer
    language plpgsql stable security definer set search_path = '' as $$
begin
    if current_setting('app.granted_to', true) = '*' then
        return 31;
    end if;
    return coalesce((select r.rights from accounts.restricted_workflows(of_workflow) r), 31);
end $$;

-- The workflows where one of these rights is missing. Unset, app.granted_to names nobody.
create function accounts.workflows_without(needed integer) returns setof uuid
    language plpgsql stable security definer set search_path = '' rows 100 as $$
begin
    if current_setting('app.granted_to', true) is distinct from '*' then
        return query select r.workflow_id from accounts.restricted_workflows(null) r where r.rights & needed <> needed;
    end if;
end $$;

revoke execute on function accounts.role_rank(text), accounts.restricted_workflows(uuid), accounts.workflow_rights(uuid), accounts.workflows_without(integer) from public;
grant execute on function accounts.workflow_rights(uuid), accounts.workflows_without(integer) to saasflows_app;

-- What cannot be viewed is not there, whoever asks and by which route. Writes are checked as before.
alter policy community on automation.workflows
    using (tenant_id = tenancy.tenant() and tenancy.sees(community_id) and not (is_restricted and id in (select accounts.workflows_without(1))));
alter policy community on engine.executions
    using (tenant_id = tenancy.tenant() and tenancy.sees(community_id) and workflow_id not in (select accounts.workflows_without(1)));

create or replace function automation.shared_workflows() returns setof automation.workflows
    language sql stable security definer set search_path = '' as $$
    select w.* from automation.workflows w
    where w.tenant_id = tenancy.tenant() and not tenancy.sees(w.community_id) and w.id in (
        select s.workflow_id from automation.workflow_shares s where s.tenant_id = tenancy.tenant() and tenancy.sees(s.shared_with))
        and not (w.is_restricted and w.id in (select accounts.workflows_without(1)))
$$;

-- A key that no workflow of the tenant has, also none that the caller does not see. The caller holds the tenant's row, so that it stays free.
create function automation.free_key(wanted text) returns text
    language plpgsql stable security definer set search_path = '' as $$
declare
    candidate text := wanted;
    number integer := 1;
begin
    while exists (select from automation.workflows w where w.tenant_id = tenancy.tenant() and w.key = candidate) loop
        number := number + 1;
        candidate := wanted || '-' || number;
    end loop;
    return candidate;
end $$;
revoke execute on function automation.free_key(text) from public;
grant execute on function automation.free_key(text) to saasflows_app;

-- Processes that keep in memory who may start a workflow hear of changes as they hear of changed roles.
alter table accounts.access_changes add column workflow_id uuid;

create function accounts.note_workflow_grant() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.access_changes (tenant_id, workflow_id) values (coalesce(new.tenant_id, old.tenant_id), coalesce(new.workflow_id, old.workflow_id));
    return null;
end $$;
create trigger note_change after insert or delete or update on accounts.workflow_grants for each row execute function accounts.note_workflow_grant();

create function accounts.note_workflow() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.access_changes (tenant_id, workflow_id) values (new.tenant_id, new.id);
    return null;
end $$;
create trigger note_change after update of is_restricted on automation.workflows for each row
    when (old.is_restricted is distinct from new.is_restricted) execute function accounts.note_workflow();

revoke execute on function accounts.note_workflow_grant(), accounts.note_workflow() from public;

-- Asked once for a query, and not for each of a hundred thousand members.
alter policy tenant on accounts.memberships using (tenant_id = (select tenancy.tenant()));
