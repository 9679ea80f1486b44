-- Communities come and go; people are invited.

-- Deletes a community, or one entity of it, with its archived workflows and its chat. Their ended executions are no longer shown; retention drops them.
-- Answers deleted, missing, last (a tenant keeps one community) or in_use (a workflow is not archived, or an execution has not ended).
create function accounts.delete_place(in_community bigint, only_entity bigint) returns text
    language plpgsql security definer set search_path = '' as $$
begin
    -- One after the other in a tenant, creations of workflows too: two deletions can't each take the other's place for the last one.
    perform from accounts.tenants t where t.tenant_id = tenancy.tenant() for no key update;
    if not exists (select from accounts.communities c where c.id = in_community and c.tenant_id = tenancy.tenant() and tenancy.sees(c.id))
        or (only_entity is not null and not exists (select from accounts.entities e where e.id = only_entity and e.community_id = in_community)) then
        return 'missing';
    end if;
    if only_entity is null and (select count(*) from accounts.communities c where c.tenant_id = tenancy.tenant()) = 1 then
        return 'last';
    end if;
    if exists (
            select from automation.workflows w
            where w.tenant_id = tenancy.tenant() and w.community_id = in_community and coalesce(w.entity_id = only_entity, true) and w.status <> 'archived')
        or exists (
            select from engine.executions x
            where x.tenant_id = tenancy.tenant() and x.community_id = in_community and coalesce(x.entity_id = only_entity, true) and x.status < 4) then
        return 'in_use';
    end if;
    delete from automation.workflows w where w.tenant_id = tenancy.tenant() and w.community_id = in_community and coalesce(w.entity_id = only_entity, true);
    if only_entity is null then
        delete from accounts.communities c where c.id = in_community;
    else
        delete from accounts.entities e where e.id = only_entity;
    end if;
    return 'deleted';
end $$;

revoke execute on function accounts.delete_place(bigint, bigint) from public;
grant execute on function accounts.delete_place(bigint, bigint) to saasflows_app;

-- People are invited by a link, whose token is kept as its SHA-256 only.
create table accounts.invitations (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    token_hash bytea not null unique,
    email text not null,
    normalized_email text not null,
    role text not null,
    invited_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    unique (tenant_id, id)
);
create index invitations_list on accounts.invitations (tenant_id, id desc);

create table accounts.invitation_communities (
    invitation_id uuid not null,
    tenant_id uuid not null,
    community_id bigint not null,
    role text not null check (role in ('admin', 'editor', 'operator', 'viewer')),
    primary key (invitation_id, community_id),
    foreign key (tenant_id, invitation_id) references accounts.invitations (tenant_id, id) on delete cascade,
    foreign key (tenant_id, community_id) references accounts.communities (tenant_id, id) on delete cascade
);

select tenancy.protect('accounts.invitations', 'tenant'), tenancy.protect('accounts.invitation_communities', 'community');
grant select, insert on accounts.invitations, accounts.invitation_communities to saasflows_app;
grant update (revoked_at) on accounts.invitations to saasflows_app;

-- An invitation by its token. Held, it can't be accepted or revoked by anybody else until the transaction ends.
create function accounts.find_invitation(hash bytea, held boolean)
    returns table (id uuid, tenant_id uuid, tenant_name text, tenant_status text, email text, normalized_email text, role text, expires_at timestamptz,
        accepted_at timestamptz, revoked_at timestamptz)
    language plpgsql security definer set search_path = '' as $$
begin
    if held then
        perform from accounts.invitations i where i.token_hash = hash for update;
    end if;
    return query
        select i.id, i.tenant_id, t.name, t.status, i.email, i.normalized_email, i.role, i.expires_at, i.accepted_at, i.revoked_at
        from accounts.invitations i join accounts.tenants t on t.tenant_id = i.tenant_id
        where i.token_hash = hash;
end $$;

-- Makes somebody a member as an invitation says; false if that person is one already. The caller holds the invitation.
create function accounts.join_tenant(invitation uuid, person uuid, at timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.memberships (tenant_id, user_id, role, created_at, last_used_at)
    select i.tenant_id, person, i.role, at, at from accounts.invitations i where i.id = invitation
    on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into accounts.community_members (tenant_id, community_id, user_id, role)
    select c.tenant_id, c.community_id, person, c.role from accounts.invitation_communities c where c.invitation_id = invitation;
    update accounts.invitations set accepted_at = at, accepted_by = person where id = invitation;
    return true;
end $$;

-- A tenant that is being deleted is closed until then, and its owner may take the deletion back.
alter table accounts.tenants drop constraint tenants_status_check;
alter table accounts.tenants add constraint tenants_status_check check (status in ('active', 'suspended', 'closing', 'deleting'));
alter table accounts.tenants add column delete_at timestamptz;
grant update (slug) on accounts.tenants to saasflows_app;

-- All tenants of a user, the open ones first, and of those the one used last.
create function accounts.tenants_of(member uuid)
    returns table (tenant_id uuid, slug text, name text, status text, role text, delete_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, t.name, case t.status when 'deleting' then 'closing' else t.status end, m.role, t.delete_at
    from accounts.memberships m join accounts.tenants t on t.tenant_id = m.tenant_id
    where m.user_id = member
    order by t.status = 'active' desc, m.last_used_at desc nulls last, m.created_at, t.tenant_id
$$;

revoke execute on function accounts.find_invitation(bytea, boolean), accounts.join_tenant(uuid, uuid, timestamptz), accounts.tenants_of(uuid) from public;
grant execute on function accounts.find_invitation(bytea, boolean), accounts.join_tenant(uuid, uuid, timestamptz), accounts.tenants_of(uuid) to saasflows_lookup;

-- An owner whose tenant is to be deleted may sign in to take that back, and for nothing else.
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

-- Closes the tenant at once, to be deleted later. False if it is not open.
create function accounts.close_tenant(later timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update accounts.tenants set status = 'closing', delete_at = later, licence_epoch = licence_epoch + 1 where tenant_id = tenancy.tenant() and status = 'active';
    return found;
end $$;

-- False if it is not closing, or its deletion has begun.
create function accounts.restore_tenant() returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update accounts.tenants set status = 'active', delete_at = null, licence_epoch = licence_epoch + 1 where tenant_id = tenancy.tenant() and status = 'closing';
    return found;
end $$;

-- The operator's. Null if there is no such tenant, else its status afterwards: a closing one stays closing.
create function accounts.suspend_tenant(named text, suspended boolean) returns text
    language sql security definer set search_path = '' as $$
    update accounts.tenants set licence_epoch = licence_epoch + 1,
        status = case when status not in ('active', 'suspended') then status when suspended then 'suspended' else 'active' end
    where slug = named returning status
$$;

-- Every table of tenants' rows, from the catalogue: a new one is deleted from without being named here. Children of what is first in the order go with it.
create function accounts.tenant_tables() returns table (name regclass)
    language sql stable security definer set search_path = '' as $$
    select c.oid::regclass
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('accounts', 'automation', 'engine')
        and c.relname not in ('tenants', 'audit_entries', 'audit_heads', 'audit_tombstones', 'access_changes')
    order by case n.nspname when 'engine' then 1 when 'automation' then 2 else 3 end, c.relname = 'workflows' desc, c.relname
$$;

-- The next tenant whose time has come: from now on nobody takes its deletion back. One that was begun is finished first.
create function accounts.begin_deletion(at timestamptz) returns uuid
    language sql security definer set search_path = '' as $$
    update accounts.tenants set status = 'deleting' where tenant_id = (
        select t.tenant_id from accounts.tenants t
        where t.status = 'deleting' or (t.status = 'closing' and t.delete_at <= at)
        order by t.status = 'deleting' desc, t.delete_at limit 1 for update skip locked)
    returning tenant_id
$$;

-- Deletes a batch of such a tenant's rows, and how many; 0 when only its row and its audit log are left.
create function accounts.delete_batch(of_tenant uuid, most integer) returns bigint
    language plpgsql security definer set search_path = '' as $$
declare
    ids uuid[];
    target regclass;
    deleted bigint;
    refused regclass;
begin
    -- One process at a time; and nothing of a tenant that is not being deleted.
    perform from accounts.tenants t where t.tenant_id = of_tenant and t.status = 'deleting' for no key update;
    if not found then
        return 0;
    end if;
    -- Rows of the journal are found by their executions only: no index knows a journal's tenant.
    select array_agg(e.id) into ids from (select x.id from engine.executions x where x.tenant_id = of_tenant order by x.id limit most) e;
    if ids is not null then
        delete from engine.journal where execution_id = any (ids) and execution_id between ids[1] and ids[cardinality(ids)];
        delete from engine.executions where id = any (ids) and id between ids[1] and ids[cardinality(ids)];
        return cardinality(ids);
    end if;
    for target in select t.name from accounts.tenant_tables() t where t.name not in ('engine.executions'::regclass, 'engine.journal'::regclass) loop
        begin
            -- A partitioned table's rows have no place of their own: usage facts go at once.
            if (select c.relkind from pg_catalog.pg_class c where c.oid = target) = 'p' then
                execute format('delete from %s where tenant_id = $1', target) using of_tenant;
            else
                execute format('delete from %s where ctid = any (array(select ctid from %1$s where tenant_id = $1 limit $2))', target) using of_tenant, most;
            end if;
            get diagnostics deleted = row_count;
            if deleted > 0 then
                return deleted;
            end if;
        exception when foreign_key_violation then
            -- What refers to it comes later in the order.
            refused := target;
        end;
    end loop;
    if refused is not null then
        raise exception 'rows of % are referred to from outside of tenants'' tables', refused;
    end if;
    return 0;
end $$;

revoke execute on function accounts.close_tenant(timestamptz), accounts.restore_tenant(), accounts.suspend_tenant(text, boolean), accounts.tenant_tables(),
    accounts.begin_deletion(timestamptz), accounts.delete_batch(uuid, integer) from public;
grant execute on function accounts.close_tenant(timestamptz), accounts.restore_tenant() to saasflows_app;
grant execute on function accounts.suspend_tenant(text, boolean), accounts.begin_deletion(timestamptz), accounts.delete_batch(uuid, integer) to saasflows_lookup;

-- The last of it. Its audit log has been dropped in the same transaction, with a tombstone: while an entry is left, this fails.
create function accounts.finish_deletion(of_tenant uuid) returns void
    language sql security definer set search_path = '' as $$
    delete from accounts.tenants where tenant_id = of_tenant and status = 'deleting'
$$;
revoke execute on function accounts.finish_deletion(uuid) from public;
grant execute on function accounts.finish_deletion(uuid) to saasflows_lookup;

-- A workflow can be shown to other communities of its tenant. Only the function below opens it to them: the policies of its own table stay as they are,
-- so nothing else that reads or changes workflows knows of it.
create table automation.workflow_shares (
    workflow_id uuid not null,
    tenant_id uuid not null,
    -- The workflow's own.
    community_id bigint not null,
    shared_with bigint not null check (shared_with <> community_id),
    primary key (workflow_id, shared_with),
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade,
    foreign key (tenant_id, shared_with) references accounts.communities (tenant_id, id) on delete cascade
);
create index workflow_shares_with on automation.workflow_shares (tenant_id, shared_with);
select tenancy.protect('automation.workflow_shares', 'community');
grant select, insert, delete on automation.workflow_shares to saasflows_app;

-- What other communities of the tenant share with those that the transaction sees, but for what it sees anyway.
create function automation.shared_workflows() returns setof automation.workflows
    language sql stable security definer set search_path = '' as $$
    select w.* from automation.workflows w
    where w.tenant_id = tenancy.tenant() and not tenancy.sees(w.community_id) and w.id in (
        select s.workflow_id from automation.workflow_shares s where s.tenant_id = tenancy.tenant() and tenancy.sees(s.shared_with))
$$;
revoke execute on function automation.shared_workflows() from public;
grant execute on function automation.shared_workflows() to saasflows_app;
