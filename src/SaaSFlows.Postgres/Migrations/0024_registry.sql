-- Services that workflows call by name, and pages that show what workflows say.

create table automation.services (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    -- Null: for all communities.
    community_id bigint,
    name text not null check (char_length(name) between 1 and 200),
    url text not null check (char_length(url) between 1 and 2000),
    health_check_url text not null check (char_length(health_check_url) between 1 and 2000),
    -- A JSON object as UTF-8; its version is what a node may ask for.
    metadata bytea not null,
    version text,
    registered_by uuid not null,
    registered_at timestamptz not null,
    updated_at timestamptz not null,
    status text not null default 'unknown' check (status in ('unknown', 'healthy', 'unhealthy')),
    latency_ms double precision,
    last_error text,
    checked_at timestamptz,
    -- A checker that takes it moves this ahead; when it dies, another one takes it then.
    next_check_at timestamptz not null,
    unique nulls not distinct (tenant_id, community_id, name, url),
    foreign key (tenant_id, community_id) references accounts.communities (tenant_id, id) on delete cascade
);
create index services_due on automation.services (next_check_at);

select tenancy.protect('automation.services', 'community');
alter policy community on automation.services
    using (tenant_id = tenancy.tenant() and tenancy.sees_place(community_id)) with check (tenant_id = tenancy.tenant() and tenancy.writes_place(community_id));
grant select, insert, update, delete on automation.services to saasflows_app;

-- Takes services that are due, of all open tenants: nobody else does until the lease is over.
create function automation.claim_checks(due timestamptz, lease_until timestamptz, most integer)
    returns table (service_id uuid, health_check_url text) language sql security definer set search_path = '' as $$
    update automation.services s set next_check_at = lease_until
    where s.id in (
        select d.id from automation.services d join accounts.tenants t on t.tenant_id = d.tenant_id
        where d.next_check_at <= due and t.status = 'active' order by d.next_check_at limit most for update of d skip locked)
    returning s.id, s.health_check_url
$$;

-- Says how a check went; nothing if the service was registered with another address meanwhile.
create function automation.record_check(service uuid, checked_url text, outcome text, took double precision, problem text, moment timestamptz, again timestamptz) returns void
    language sql security definer set search_path = '' as $$
    update automation.services s set status = outcome, latency_ms = took, last_error = problem, checked_at = moment, next_check_at = again
    where s.id = service and s.health_check_url = checked_url
$$;
revoke execute on function automation.claim_checks(timestamptz, timestamptz, integer),
    automation.record_check(uuid, text, text, double precision, text, timestamptz, timestamptz) from public;
grant execute on function automation.claim_checks(timestamptz, timestamptz, integer),
    automation.record_check(uuid, text, text, double precision, text, timestamptz, timestamptz) to saasflows_lookup;

-- A page per entity for streaming software, found by a token in its address: kept as its SHA-256 only.
create table automation.browser_sources (
    entity_id bigint primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    token_hash bytea not null unique,
    -- The newest message's number. The row's lock puts messages into one order.
    last_message bigint not null default 0,
    created_by uuid not null,
    created_at timestamptz not null,
    foreign key (tenant_id, community_id, entity_id) references accounts.entities (tenant_id, community_id, id) on delete cascade
);

create table automation.browser_messages (
    entity_id bigint not null references automation.browser_sources on delete cascade,
    number bigint not null,
    tenant_id uuid not null,
    community_id bigint not null,
    source_type text not null check (source_type in ('general', 'ticker', 'media')),
    action text not null check (action in ('display', 'update', 'clear')),
    content text not null check (char_length(content) <= 4000),
    -- 0: until it is cleared or replaced.
    duration_seconds double precision not null,
    priority integer not null,
    -- The same for each try of the node run, so that it is shown once.
    idempotency_key text not null,
    shown_at timestamptz not null,
    primary key (entity_id, number),
    unique (entity_id, idempotency_key)
);

select tenancy.protect('automation.browser_sources', 'community'), tenancy.protect('automation.browser_messages', 'community');
grant select, insert, update, delete on automation.browser_sources to saasflows_app;
grant select, insert, delete on automation.browser_messages to saasflows_app;

-- Whose page it is; nothing for an unknown token or a tenant that is not open.
create function automation.find_browser_source(hash bytea) returns table (tenant_id uuid, community_id bigint, entity_id bigint)
    language sql stable security definer set search_path = '' as $$
    select b.tenant_id, b.community_id, b.entity_id from automation.browser_sources b join accounts.tenants t on t.tenant_id = b.tenant_id
    where b.token_hash = hash and t.status = 'active'
$$;
revoke execute on function automation.find_browser_source(bytea) from public;
grant execute on function automation.find_browser_source(bytea) to saasflows_lookup;
