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
