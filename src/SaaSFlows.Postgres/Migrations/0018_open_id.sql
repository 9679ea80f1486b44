-- The OpenID Connect provider: programs that a tenant lets its members sign in to, and service accounts with client credentials.

create table accounts.oauth_clients (
    -- The client_id.
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    name text not null check (char_length(name) between 1 and 120),
    redirect_uris text[] not null,
    post_logout_redirect_uris text[] not null,
    -- SHA-256 of 256 random bits; null for a public client, which has nothing but PKCE.
    secret_hash bytea,
    is_public boolean not null generated always as (secret_hash is null) stored,
    -- Set for client credentials: then nobody signs in with it.
    service_account_id uuid,
    created_by uuid not null,
    created_at timestamptz not null,
    check (service_account_id is null or (secret_hash is not null and redirect_uris = '{}' and post_logout_redirect_uris = '{}')),
    foreign key (tenant_id, service_account_id) references accounts.memberships (tenant_id, user_id) on delete cascade
);
create index oauth_clients_tenant on accounts.oauth_clients (tenant_id, id);
create index oauth_clients_service_account on accounts.oauth_clients (tenant_id, service_account_id) where service_account_id is not null;

select tenancy.protect('accounts.oauth_clients', 'tenant');
grant select (id, tenant_id, name, redirect_uris, post_logout_redirect_uris, is_public, service_account_id, created_by, created_at), insert,
    update (name, redirect_uris, post_logout_redirect_uris, secret_hash), delete on accounts.oauth_clients to saasflows_app;
create policy lookup on accounts.oauth_clients for select to saasflows_lookup using (true);
grant select on accounts.oauth_clients to saasflows_lookup;

-- A session that a client was given: it ends with the client, and is refreshed by that client only.
alter table accounts.sessions
    add column client_id uuid references accounts.oauth_clients on delete cascade,
    add column scopes text[],
    -- When the user last proved who they are, where that is not when the session began; null for client credentials.
    add column auth_time timestamptz,
    -- The browser's session that it came from, which may have ended since.
    add column opened_by uuid,
    add constraint sessions_client_has_scopes check ((client_id is null) = (scopes is null) and (client_id is not null or opened_by is null));
create index sessions_client on accounts.sessions (client_id) where client_id is not null;

-- Kept for a day after their minute: one that comes a second time ends the session that it made.
create table accounts.authorization_codes (
    code_hash bytea primary key,
    client_id uuid not null references accounts.oauth_clients on delete cascade,
    tenant_id uuid not null,
    user_id uuid not null,
    redirect_uri text not null,
    code_challenge text not null,
    nonce text,
    scopes text[] not null,
    auth_time timestamptz not null,
    opened_by uuid not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    session_id uuid,
    foreign key (tenant_id, user_id) references accounts.memberships (tenant_id, user_id) on delete cascade
);
create index authorization_codes_expiry on accounts.authorization_codes (expires_at);
create index authorization_codes_member on accounts.authorization_codes (tenant_id, user_id);
create index authorization_codes_client on accounts.authorization_codes (client_id);

select tenancy.protect('accounts.authorization_codes', 'platform');
create policy lookup on accounts.authorization_codes to saasflows_lookup using (true) with check (true);
grant select, insert, update, delete on accounts.authorization_codes to saasflows_lookup;
