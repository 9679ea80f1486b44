-- Sign-ins that last, and guesses at passwords. Both are a person's, so only lookup sees them.

-- One row per sign-in, its family of refresh tokens: each use replaces the token, and what names the family without being its newest token ends it.
create table accounts.sessions (
    id uuid primary key,
    tenant_id uuid not null,
    user_id uuid not null,
    -- SHA-256 of the half of the refresh token that stays, and of the newest token whole: neither can be used.
    family_hash bytea not null unique,
    token_hash bytea not null,
    for_cookie boolean not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null,
    user_agent text,
    address text,
    -- Who is no member any more has no session either.
    foreign key (tenant_id, user_id) references accounts.memberships (tenant_id, user_id) on delete cascade
);
create index sessions_user on accounts.sessions (user_id, last_used_at);
create index sessions_member on accounts.sessions (tenant_id, user_id);

select tenancy.protect('accounts.sessions', 'platform');

create policy lookup on accounts.sessions to saasflows_lookup using (true) with check (true);
grant select, insert, update, delete on accounts.sessions to saasflows_lookup;
