-- Issuers of tokens beside our own that a tenant trusts, and whom their tokens speak for.

create table accounts.trusted_issuers (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    name text not null check (char_length(name) between 1 and 120),
    issuer text not null,
    audience text not null,
    -- Null: found by discovery.
    jwks_uri text,
    algorithms text[] not null,
    -- The claim that tells the issuer's users apart.
    user_claim text not null,
    -- At most, whatever the member may.
    permissions text[] not null,
    -- The service account for those who are not listed; null: they are refused.
    everyone_else uuid,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (tenant_id, id),
    unique (tenant_id, issuer, audience),
    foreign key (tenant_id, everyone_else) references accounts.memberships (tenant_id, user_id) on delete set null (everyone_else)
);

create table accounts.trusted_subjects (
    tenant_id uuid not null,
    trusted_issuer_id uuid not null,
    subject text not null check (char_length(subject) between 1 and 255),
    -- Null: listed, and refused. A member who was removed does not become one of those who are not listed.
    user_id uuid,
    primary key (tenant_id, trusted_issuer_id, subject),
    foreign key (tenant_id, trusted_issuer_id) references accounts.trusted_issuers (tenant_id, id) on delete cascade,
    foreign key (tenant_id, user_id) references accounts.memberships (tenant_id, user_id) on delete set null (user_id)
);
create index trusted_issuers_everyone_else on accounts.trusted_issuers (tenant_id, everyone_else) where everyone_else is not null;
create index trusted_subjects_user on accounts.trusted_subjects (tenant_id, user_id) where user_id is not null;

select tenancy.protect('accounts.trusted_issuers', 'tenant'), tenancy.protect('accounts.trusted_subjects', 'tenant');

grant select, insert, delete, update (name, issuer, audience, jwks_uri, algorithms, user_claim, permissions, everyone_else, updated_at)
    on accounts.trusted_issuers to saasflows_app;
grant select, insert, delete on accounts.trusted_subjects to saasflows_app;

-- Every process hears of it, as of any change of rights. A tenant's name in a request is one too.
create trigger note_change after insert or update or delete on accounts.trusted_issuers for each row execute function accounts.note_tenant();
create trigger note_renamed after update of slug on accounts.tenants for each row execute function accounts.note_tenant();

-- What an active tenant, named by slug or id, trusts: one row without a trust if that is nobody.
create function accounts.trusts_of(named_slug text, named_id uuid)
    returns table (tenant_id uuid, slug text, id uuid, issuer text, audience text, jwks_uri text, algorithms text[], user_claim text, updated_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, i.id, i.issuer, i.audience, i.jwks_uri, i.algorithms, i.user_claim, i.updated_at
    from accounts.tenants t left join accounts.trusted_issuers i on i.tenant_id = t.tenant_id
    where t.status = 'active' and (t.slug = named_slug or t.tenant_id = named_id)
    order by i.id
$$;

-- For whom a token speaks.
create function accounts.trusted_user(in_tenant uuid, of_trust uuid, of_subject text)
    returns table (user_id uuid, user_name text, email text, permissions text[])
    language sql stable security definer set search_path = '' as $$
    select u.id, u.user_name, u.email, i.permissions
    from accounts.trusted_issuers i
        left join accounts.trusted_subjects s on s.tenant_id = i.tenant_id and s.trusted_issuer_id = i.id and s.subject = of_subject
        join accounts.users u on u.id = case when s.subject is null then i.everyone_else else s.user_id end
    where i.tenant_id = in_tenant and i.id = of_trust
$$;

revoke execute on function accounts.trusts_of(text, uuid), accounts.trusted_user(uuid, uuid, text) from public;
grant execute on function accounts.trusts_of(text, uuid), accounts.trusted_user(uuid, uuid, text) to saasflows_lookup;
