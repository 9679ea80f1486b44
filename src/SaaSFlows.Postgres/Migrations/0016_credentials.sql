-- What authenticates beside a password: service accounts, API keys, second factors.

-- Null for people. A service account belongs to one tenant and ends with its membership there; the check makes sure that no password ever opens it.
alter table accounts.users
    add column service_tenant_id uuid references accounts.tenants on delete cascade,
    add column is_service_account boolean not null generated always as (service_tenant_id is not null) stored,
    add constraint users_service_account_has_no_password check (service_tenant_id is null or password_hash is null);
create index users_service_tenant on accounts.users (service_tenant_id) where service_tenant_id is not null;

create policy service_accounts on accounts.users for update to saasflows_app
    using (service_tenant_id = tenancy.tenant()) with check (service_tenant_id = tenancy.tenant());
grant select (is_service_account) on accounts.users to saasflows_app;
grant update (user_name) on accounts.users to saasflows_app;

-- Names need not be unique. The address is one that no mail reaches (RFC 2606).
create function accounts.create_service_account(new_user uuid, new_name text, new_role text) returns void
    language sql security definer set search_path = '' as $$
    insert into accounts.users (id, user_name, normalized_user_name, email, normalized_email, service_tenant_id,
        email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
    values (new_user, new_name, upper(new_user || '@service-account.invalid'), new_user || '@service-account.invalid',
        upper(new_user || '@service-account.invalid'), tenancy.tenant(), false, false, false, false, 0);
    insert into accounts.memberships (tenant_id, user_id, role) values (tenancy.tenant(), new_user, new_role)
$$;
revoke execute on function accounts.create_service_account(uuid, text, text) from public;
grant execute on function accounts.create_service_account(uuid, text, text) to saasflows_app;

create function accounts.end_service_account() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    delete from accounts.users where id = old.user_id and service_tenant_id = old.tenant_id;
    return null;
end $$;
revoke execute on function accounts.end_service_account() from public;
create trigger end_service_account after delete on accounts.memberships for each row execute function accounts.end_service_account();

-- The hash is a plain SHA-256: 256 random bits can neither be guessed nor looked up, so a slow or salted hash would protect nothing and cost every request.
create table accounts.api_keys (
    id uuid primary key,
    tenant_id uuid not null,
    user_id uuid not null,
    name text not null check (char_length(name) between 1 and 120),
    -- The key's first characters, to tell keys apart.
    prefix text not null,
    hash bytea not null unique,
    permissions text[] not null,
    -- Null: all that the owner acts in.
    community_ids bigint[],
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    foreign key (tenant_id, user_id) references accounts.memberships (tenant_id, user_id) on delete cascade
);
create index api_keys_owner on accounts.api_keys (tenant_id, user_id, id);

select tenancy.protect('accounts.api_keys', 'tenant');

grant select (id, tenant_id, user_id, name, prefix, permissions, community_ids, created_by, created_at, expires_at, last_used_at), insert, delete
    on accounts.api_keys to saasflows_app;
create policy lookup on accounts.api_keys to saasflows_lookup using (true) with check (true);
grant select, update (last_used_at) on accounts.api_keys to saasflows_lookup;

-- Links that were mailed to people who forgot their password: 256 random bits, so a plain hash again. Only lookup sees them.
create table accounts.password_resets (
    token_hash bytea primary key,
    user_id uuid not null references accounts.users on delete cascade,
    expires_at timestamptz not null
);
create index password_resets_user on accounts.password_resets (user_id);
create index password_resets_expiry on accounts.password_resets (expires_at);

select tenancy.protect('accounts.password_resets', 'platform');
create policy lookup on accounts.password_resets to saasflows_lookup using (true) with check (true);
grant select, insert, delete on accounts.password_resets to saasflows_lookup;

-- Second factors (RFC 6238). A step of 30 seconds that was used is never used again, so a code that somebody looked at is worth nothing.
create table accounts.second_factors (
    user_id uuid primary key references accounts.users on delete cascade,
    sealed_secret bytea not null,
    confirmed_at timestamptz,
    last_step bigint not null default 0
);

-- SHA-256 of the user's id and a code of 80 random bits.
create table accounts.recovery_codes (
    user_id uuid not null references accounts.second_factors on delete cascade,
    code_hash bytea not null,
    primary key (user_id, code_hash)
);

-- Sign-ins whose password was right and whose second factor is still to come.
create table accounts.sign_in_challenges (
    token_hash bytea primary key,
    user_id uuid not null references accounts.second_factors on delete cascade,
    tenant_id uuid not null,
    for_cookie boolean not null,
    expires_at timestamptz not null
);
create index sign_in_challenges_user on accounts.sign_in_challenges (user_id);
create index sign_in_challenges_expiry on accounts.sign_in_challenges (expires_at);

select tenancy.protect('accounts.second_factors', 'platform'), tenancy.protect('accounts.recovery_codes', 'platform'),
    tenancy.protect('accounts.sign_in_challenges', 'platform');
create policy lookup on accounts.second_factors to saasflows_lookup using (true) with check (true);
create policy lookup on accounts.recovery_codes to saasflows_lookup using (true) with check (true);
create policy lookup on accounts.sign_in_challenges to saasflows_lookup using (true) with check (true);
grant select, insert, update, delete on accounts.second_factors to saasflows_lookup;
grant select, insert, delete on accounts.recovery_codes, accounts.sign_in_challenges to saasflows_lookup;
