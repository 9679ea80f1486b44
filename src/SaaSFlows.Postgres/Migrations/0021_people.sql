-- A tenant's own roles wherever a role is named: in communities, in invitations, for service accounts.

alter table accounts.community_members drop constraint community_members_role_check;
alter table accounts.community_members
    add column role_id uuid,
    add constraint community_members_role_check check (role in ('admin', 'editor', 'operator', 'viewer', 'custom') and (role = 'custom') = (role_id is not null)),
    add constraint community_members_role_id_fkey foreign key (tenant_id, role_id) references accounts.roles (tenant_id, id);
create index community_members_role_id on accounts.community_members (tenant_id, role_id) where role_id is not null;

drop trigger note_change on accounts.community_members;
create trigger note_change after insert or delete or update of role, role_id on accounts.community_members for each row execute function accounts.note_member();

-- Adds the permissions of the tenant's own roles.
drop function accounts.communities_of(uuid, uuid);
create function accounts.communities_of(in_tenant uuid, member uuid)
    returns table (community_id bigint, role text, role_id uuid, role_permissions text[])
    language sql stable security definer set search_path = '' as $$
    select c.community_id, c.role, c.role_id, r.permissions
    from accounts.community_members c left join accounts.roles r on r.tenant_id = c.tenant_id and r.id = c.role_id
    where c.tenant_id = in_tenant and c.user_id = member
$$;

-- An invitation outlives the role that it names: then it is custom without an id, and nobody joins by it.
alter table accounts.invitations
    add column role_id uuid,
    add constraint invitations_role_check check (role in ('owner', 'admin', 'editor', 'operator', 'viewer', 'custom') and (role = 'custom' or role_id is null)),
    add constraint invitations_role_id_fkey foreign key (tenant_id, role_id) references accounts.roles (tenant_id, id) on delete set null (role_id);
create index invitations_role_id on accounts.invitations (tenant_id, role_id) where role_id is not null;

alter table accounts.invitation_communities drop constraint invitation_communities_role_check;
alter table accounts.invitation_communities
    add column role_id uuid,
    add constraint invitation_communities_role_check check (role in ('admin', 'editor', 'operator', 'viewer', 'custom') and (role = 'custom' or role_id is null)),
    add constraint invitation_communities_role_id_fkey foreign key (tenant_id, role_id) references accounts.roles (tenant_id, id) on delete set null (role_id);
create index invitation_communities_role_id on accounts.invitation_communities (tenant_id, role_id) where role_id is not null;

-- Adds whether a role of it was deleted.
drop function accounts.find_invitation(bytea, boolean);
create function accounts.find_invitation(hash bytea, held boolean)
    returns table (id uuid, tenant_id uuid, tenant_name text, tenant_status text, email text, normalized_email text, role text, expires_at timestamptz,
        accepted_at timestamptz, revoked_at timestamptz, role_is_gone boolean)
    language plpgsql security definer set search_path = '' as $$
begin
    if held then
        -- Roles first, as their deletion does: else the two would wait for each other.
        perform from accounts.roles r
        where (r.tenant_id, r.id) in (
            select i.tenant_id, i.role_id from accounts.invitations i where i.token_hash = hash
            union all
            select c.tenant_id, c.role_id from accounts.invitations i join accounts.invitation_communities c on c.invitation_id = i.id where i.token_hash = hash)
        order by r.id for key share;
        perform from accounts.invitations i where i.token_hash = hash for update;
    end if;
    return query
        select i.id, i.tenant_id, t.name, t.status, i.email, i.normalized_email, coalesce(i.role_id::text, i.role), i.expires_at, i.accepted_at, i.revoked_at,
            (i.role = 'custom' and i.role_id is null)
                or exists (select from accounts.invitation_communities c where c.invitation_id = i.id and c.role = 'custom' and c.role_id is null)
        from accounts.invitations i join accounts.tenants t on t.tenant_id = i.tenant_id
        where i.token_hash = hash;
end $$;

create or replace function accounts.join_tenant(invitation uuid, person uuid, at timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.memberships (tenant_id, user_id, role, role_id, created_at, last_used_at)
    select i.tenant_id, person, i.role, i.role_id, at, at from accounts.invitations i where i.id = invitation
    on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into accounts.community_members (tenant_id, community_id, user_id, role, role_id)
    select c.tenant_id, c.community_id, person, c.role, c.role_id from accounts.invitation_communities c where c.invitation_id = invitation;
    update accounts.invitations set accepted_at = at, accepted_by = person where id = invitation;
    return true;
end $$;

drop function accounts.create_service_account(uuid, text, text);
create function accounts.create_service_account(new_user uuid, new_name text, new_role text, new_role_id uuid default null) returns void
    language sql security definer set search_path = '' as $$
    insert into accounts.users (id, user_name, normalized_user_name, email, normalized_email, service_tenant_id,
        email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
    values (new_user, new_name, upper(new_user || '@service-account.invalid'), new_user || '@service-account.invalid',
        upper(new_user || '@service-account.invalid'), tenancy.tenant(), false, false, false, false, 0);
    insert into accounts.memberships (tenant_id, user_id, role, role_id) values (tenancy.tenant(), new_user, new_role, new_role_id)
$$;

revoke execute on function accounts.communities_of(uuid, uuid), accounts.find_invitation(bytea, boolean), accounts.create_service_account(uuid, text, text, uuid) from public;
grant execute on function accounts.communities_of(uuid, uuid), accounts.find_invitation(bytea, boolean) to saasflows_lookup;
grant execute on function accounts.create_service_account(uuid, text, text, uuid) to saasflows_app;

-- Which tenant a host or a path names.
create function accounts.tenant_named(named text) returns uuid
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id from accounts.tenants t where t.slug = named
$$;
revoke execute on function accounts.tenant_named(text) from public;
grant execute on function accounts.tenant_named(text) to saasflows_lookup;

-- A partitioned table's rows are deleted by its partitions, a week's rows at a time: no index knows the tenant there. Executions and journals are not among
-- them: they go in batches.
create function accounts.tenant_partitions() returns table (parent text, name text, bounds text)
    language sql stable security definer set search_path = '' as $$
    select t.name::text, p.relid::text, pg_catalog.pg_get_partition_constraintdef(p.relid)
    from accounts.tenant_tables() t cross join lateral pg_catalog.pg_partition_tree(t.name) p
    where p.isleaf and p.level > 0 and t.name not in ('engine.executions'::regclass, 'engine.journal'::regclass)
$$;

-- How many; nothing of a tenant that is not being deleted.
create function accounts.delete_from_partition(of_tenant uuid, partition text) returns bigint
    language plpgsql security definer set search_path = '' as $$
declare
    target record;
    deleted bigint;
begin
    perform from accounts.tenants t where t.tenant_id = of_tenant and t.status = 'deleting' for no key update;
    if not found then
        return 0;
    end if;
    select p.parent, p.bounds into target from accounts.tenant_partitions() p where p.name = partition;
    if not found then
        return 0;
    end if;
    -- Through the table: partitions have no policies, so nobody sees their rows in them.
    execute format('delete from %s where tenant_id = $1 and %s', target.parent, target.bounds) using of_tenant;
    get diagnostics deleted = row_count;
    return deleted;
end $$;

-- Deletes a batch of such a tenant's rows, and how many; 0 when only its row, its audit log and rows in partitions are left.
create or replace function accounts.delete_batch(of_tenant uuid, most integer) returns bigint
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
    -- Rows of the journal are found by their executions only: no index knows a journal's tenant. Nor a usage fact's, but most have an execution still.
    select array_agg(e.id) into ids from (select x.id from engine.executions x where x.tenant_id = of_tenant order by x.id limit most) e;
    if ids is not null then
        delete from engine.usage_facts where execution_id = any (ids) and execution_id between ids[1] and ids[cardinality(ids)];
        delete from engine.journal where execution_id = any (ids) and execution_id between ids[1] and ids[cardinality(ids)];
        delete from engine.executions where id = any (ids) and id between ids[1] and ids[cardinality(ids)];
        return cardinality(ids);
    end if;
    for target in
        select t.name from accounts.tenant_tables() with ordinality t (name, place) join pg_catalog.pg_class c on c.oid = t.name where c.relkind = 'r' order by t.place
    loop
        begin
            execute format('delete from %s where ctid = any (array(select ctid from %1$s where tenant_id = $1 limit $2))', target) using of_tenant, most;
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

revoke execute on function accounts.tenant_partitions(), accounts.delete_from_partition(uuid, text) from public;
grant execute on function accounts.tenant_partitions(), accounts.delete_from_partition(uuid, text) to saasflows_lookup;
