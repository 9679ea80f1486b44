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

-- Guesses at passwords by account and by address; the key is a hash of either, whether such an account exists or not.
create table accounts.sign_in_attempts (
    key bytea primary key,
    failures integer not null,
    last_at timestamptz not null,
    blocked_until timestamptz
);
create index sign_in_attempts_last on accounts.sign_in_attempts (last_at);

select tenancy.protect('accounts.sign_in_attempts', 'platform');

create policy lookup on accounts.sign_in_attempts to saasflows_lookup using (true) with check (true);
grant select, insert, update, delete on accounts.sign_in_attempts to saasflows_lookup;

-- Counts an attempt as failed before it is made, so that any number of them at the same moment gets no more than the allowance. From that on each
-- one costs a wait of 1, 2, 4, 8, then 15 minutes; a day without any is forgotten. Null, or the end of the wait that refuses this one.
create function accounts.charge_attempt(attempt_key bytea, allowed integer, at timestamptz) returns timestamptz
    language plpgsql set search_path = '' as $$
declare
    until timestamptz;
begin
    insert into accounts.sign_in_attempts as a (key, failures, last_at) values (attempt_key, 1, at)
    on conflict (key) do update set
        failures = case when a.last_at < at - interval '1 day' then 1 else a.failures + 1 end,
        last_at = at,
        blocked_until = case when a.last_at >= at - interval '1 day' and a.failures + 1 >= allowed
            then at + least(interval '1 minute' * power(2, least(a.failures + 1 - allowed, 10)), interval '15 minutes') end
    where a.blocked_until is null or a.blocked_until <= at;
    if not found then
        select a.blocked_until into until from accounts.sign_in_attempts a where a.key = attempt_key;
        return until;
    end if;
    delete from accounts.sign_in_attempts d where d.key in (
        select o.key from accounts.sign_in_attempts o where o.last_at < at - interval '1 day' order by o.last_at limit 10 for update skip locked);
    return null;
end $$;

revoke execute on function accounts.charge_attempt(bytea, integer, timestamptz) from public;
grant execute on function accounts.charge_attempt(bytea, integer, timestamptz) to saasflows_lookup;
