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
alter table accounts.tenants add constraint tenants_status_check check (status in ('active', 'suspended', 'closing'));
alter table accounts.tenants add column delete_at timestamptz;
grant update (slug) on accounts.tenants to saasflows_app;

-- All tenants of a user, the open ones first, and of those the one used last.
create function accounts.tenants_of(member uuid)
    returns table (tenant_id uuid, slug text, name text, status text, role text, delete_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, t.name, t.status, m.role, t.delete_at
    from accounts.memberships m join accounts.tenants t on t.tenant_id = m.tenant_id
    where m.user_id = member
    order by t.status = 'active' desc, m.last_used_at desc nulls last, m.created_at, t.tenant_id
$$;

revoke execute on function accounts.find_invitation(bytea, boolean), accounts.join_tenant(uuid, uuid, timestamptz), accounts.tenants_of(uuid) from public;
grant execute on function accounts.find_invitation(bytea, boolean), accounts.join_tenant(uuid, uuid, timestamptz), accounts.tenants_of(uuid) to saasflows_lookup;
