-- Who may do what, and how every process hears of it when that changes.

-- A tenant's own roles. What of them a member may do, the member's communities narrow as they narrow the built-in ones.
create table accounts.roles (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    name text not null check (char_length(name) between 1 and 60),
    permissions text[] not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (tenant_id, id)
);
create unique index roles_name on accounts.roles (tenant_id, lower(name));

select tenancy.protect('accounts.roles', 'tenant');
grant select, insert, update (name, permissions, updated_at), delete on accounts.roles to saasflows_app;

alter table accounts.memberships drop constraint memberships_role_check;
alter table accounts.memberships
    add role_id uuid,
    -- Lower case name and e-mail address of the user, kept here because a list of 100,000 members is sorted and searched by it.
    add listed_as text not null default '',
    add constraint memberships_role_check check (role in ('owner', 'admin', 'editor', 'operator', 'viewer', 'custom') and (role = 'custom') = (role_id is not null)),
    add constraint memberships_role_id_fkey foreign key (tenant_id, role_id) references accounts.roles (tenant_id, id);
update accounts.memberships m set listed_as = lower(u.user_name || ' ' || u.email) from accounts.users u where u.id = m.user_id;
create index memberships_listed on accounts.memberships (tenant_id, listed_as, user_id);
create index memberships_role on accounts.memberships (tenant_id, role, listed_as, user_id);
create index memberships_role_id on accounts.memberships (tenant_id, role_id) where role_id is not null;

create function accounts.list_member() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    select lower(u.user_name || ' ' || u.email) into strict new.listed_as from accounts.users u where u.id = new.user_id;
    return new;
end $$;
create trigger list_member before insert on accounts.memberships for each row execute function accounts.list_member();

create function accounts.list_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    update accounts.memberships set listed_as = lower(new.user_name || ' ' || new.email) where user_id = new.id;
    return null;
end $$;
create trigger list_user after update of user_name, email on accounts.users for each row
    when ((old.user_name, old.email) is distinct from (new.user_name, new.email)) execute function accounts.list_user();

-- Adds the permissions of the tenant's own roles.
drop function accounts.memberships_of(uuid);
create function accounts.memberships_of(member uuid)
    returns table (tenant_id uuid, slug text, name text, role text, role_permissions text[])
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, t.name, m.role, r.permissions
    from accounts.memberships m join accounts.tenants t on t.tenant_id = m.tenant_id
        left join accounts.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
    where m.user_id = member and t.status = 'active'
    order by m.last_used_at desc nulls last, m.created_at
$$;

-- Everything that may have taken something away from somebody, in the transaction that did it. Nobody updates or deletes; old rows are forgotten.
create table accounts.access_changes (
    id bigint generated always as identity primary key,
    -- Commits are not in the order of the numbers. Readers go by the transaction: below the oldest one that runs, nothing is added any more.
    xid xid8 not null default pg_current_xact_id(),
    changed_at timestamptz not null default clock_timestamp(),
    -- Concerns everybody in the tenant, if there is no user; the user in every tenant, if there is no tenant.
    tenant_id uuid,
    user_id uuid,
    -- This session has ended, and nothing else has changed.
    session_id uuid
);
create index access_changes_xid on accounts.access_changes (xid);
create index access_changes_session on accounts.access_changes (session_id) where session_id is not null;
create index access_changes_changed_at on accounts.access_changes (changed_at);

select tenancy.protect('accounts.access_changes', 'platform');
create policy lookup on accounts.access_changes for select to saasflows_lookup using (true);
grant select on accounts.access_changes to saasflows_lookup;

-- For triggers, which run as the owner.
create function accounts.note_access_change(in_tenant uuid, of_user uuid, of_session uuid) returns void
    language sql security definer set search_path = '' as $$
    insert into accounts.access_changes (tenant_id, user_id, session_id) values (in_tenant, of_user, of_session)
$$;

create function accounts.note_member() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(coalesce(new.tenant_id, old.tenant_id), coalesce(new.user_id, old.user_id), null);
    return null;
end $$;
create trigger note_change after insert or delete or update of role, role_id on accounts.memberships for each row execute function accounts.note_member();
create trigger note_change after insert or delete or update of role on accounts.community_members for each row execute function accounts.note_member();

create function accounts.note_tenant() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(coalesce(new.tenant_id, old.tenant_id), null, null);
    return null;
end $$;
create trigger note_change after delete or update of status on accounts.tenants for each row execute function accounts.note_tenant();
create trigger note_change after update of permissions on accounts.roles for each row execute function accounts.note_tenant();

create function accounts.note_session() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    perform accounts.note_access_change(old.tenant_id, old.user_id, old.id);
    return null;
end $$;
create trigger note_change after delete on accounts.sessions for each row execute function accounts.note_session();

-- Tokens live a day at most: what is older concerns none.
create function accounts.forget_access_changes() returns void language sql security definer set search_path = '' as $$
    delete from accounts.access_changes where changed_at < now() - interval '2 days'
$$;

revoke execute on function accounts.list_member(), accounts.list_user(), accounts.memberships_of(uuid), accounts.note_access_change(uuid, uuid, uuid),
    accounts.note_member(), accounts.note_tenant(), accounts.note_session(), accounts.forget_access_changes() from public;
grant execute on function accounts.memberships_of(uuid), accounts.forget_access_changes() to saasflows_lookup;
