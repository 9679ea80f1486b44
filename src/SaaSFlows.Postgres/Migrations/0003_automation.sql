-- Workflows, their versions, and the doors that start them.

create table automation.workflows (
    id uuid primary key,
    tenant_id uuid not null references accounts.tenants on delete cascade,
    community_id bigint not null,
    entity_id bigint not null,
    -- Names the workflow in routes by name: a slug, unique in the tenant.
    key text not null,
    name text not null check (char_length(name) between 1 and 200),
    description text not null default '' check (char_length(description) <= 4000),
    status text not null check (status in ('draft', 'active', 'archived')),
    -- The one mutable version: nodes, connections, global_variables as UTF-8 JSON, byte for byte as we write it.
    draft bytea not null,
    revision integer not null default 1,
    published_version_id uuid,
    published_version integer,
    published_revision integer,
    published_at timestamptz,
    paused boolean not null default false,
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (tenant_id, key),
    unique (tenant_id, community_id, id),
    foreign key (tenant_id, community_id, entity_id) references accounts.entities (tenant_id, community_id, id)
);
create index workflows_list on automation.workflows (tenant_id, updated_at desc, id);
create index workflows_entity on automation.workflows (tenant_id, entity_id, updated_at desc);

-- Immutable: no role may update or delete one.
create table automation.workflow_versions (
    id uuid primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    workflow_id uuid not null,
    version integer not null,
    definition bytea not null,
    created_by uuid,
    created_at timestamptz not null,
    unique (workflow_id, version),
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade
);

-- The trigger nodes of published versions that are found by something else than a webhook's token.
create table automation.triggers (
    workflow_id uuid not null,
    node_id text not null,
    tenant_id uuid not null,
    community_id bigint not null,
    entity_id bigint not null,
    kind text not null check (kind in ('command')),
    version_id uuid not null,
    -- The node's configuration, UTF-8 JSON.
    config bytea not null,
    primary key (workflow_id, node_id),
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade
);
create index triggers_entity on automation.triggers (tenant_id, entity_id, kind);

create table automation.webhooks (
    id uuid primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    workflow_id uuid not null,
    -- The trigger node that it starts.
    node_id text not null,
    name text not null check (char_length(name) between 1 and 200),
    description text not null default '' check (char_length(description) <= 4000),
    -- The token is found by its SHA-256 and shown again from its sealed form.
    token_hash bytea not null unique,
    sealed_token bytea not null,
    enabled boolean not null default true,
    -- Raised when the rules below change: a delivery checked against older ones is checked again.
    revision integer not null default 1,
    require_signature boolean not null default false,
    sealed_secret bytea,
    ip_allowlist text[] not null default '{}',
    created_at timestamptz not null,
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade
);
create index webhooks_workflow on automation.webhooks (tenant_id, workflow_id, created_at);

create table automation.chat_messages (
    entity_id bigint not null,
    -- 1, 2, 3, … within the entity, in the order of their commits.
    number bigint not null,
    tenant_id uuid not null,
    community_id bigint not null,
    author_kind text not null check (author_kind in ('user', 'workflow')),
    user_id uuid,
    author_name text not null,
    execution_id uuid,
    -- Of a workflow's message: the same for every try, so it is stored once.
    idempotency_key text,
    text text not null,
    sent_at timestamptz not null,
    primary key (entity_id, number),
    foreign key (tenant_id, community_id, entity_id) references accounts.entities (tenant_id, community_id, id) on delete cascade
);
create unique index chat_messages_once on automation.chat_messages (entity_id, idempotency_key) where idempotency_key is not null;

select tenancy.protect('automation.workflows', 'community'), tenancy.protect('automation.workflow_versions', 'community'),
    tenancy.protect('automation.triggers', 'community'), tenancy.protect('automation.webhooks', 'community'),
    tenancy.protect('automation.chat_messages', 'community');

grant select, insert, update on automation.workflows to saasflows_app;
grant select, insert on automation.workflow_versions, automation.chat_messages to saasflows_app;
grant select, insert, update, delete on automation.triggers, automation.webhooks to saasflows_app;

create policy engine on automation.workflows for select to saasflows_engine using (true);
grant select (id, tenant_id, community_id, published_version_id, status, paused) on automation.workflows to saasflows_engine;
create policy engine on automation.webhooks for select to saasflows_engine using (true);
grant select (id, tenant_id, workflow_id, enabled, revision) on automation.webhooks to saasflows_engine;

-- What a delivery needs to know before its tenant is known.
create function automation.find_webhook(hash bytea)
    returns table (webhook_id uuid, tenant_id uuid, community_id bigint, entity_id bigint, workflow_id uuid, node_id text, enabled boolean,
        revision integer, require_signature boolean, sealed_secret bytea, ip_allowlist text[], published_version_id uuid, workflow_status text, paused boolean,
        tenant_status text, licence_epoch bigint)
    language sql stable security definer set search_path = '' as $$
    select h.id, h.tenant_id, h.community_id, w.entity_id, h.workflow_id, h.node_id, h.enabled,
        h.revision, h.require_signature, h.sealed_secret, h.ip_allowlist, w.published_version_id, w.status, w.paused, t.status, t.licence_epoch
    from automation.webhooks h
    join automation.workflows w on w.id = h.workflow_id
    join accounts.tenants t on t.tenant_id = h.tenant_id
    where h.token_hash = hash
$$;

-- What counts against the licence: every community's, whatever the caller may see of them.
create function automation.workflows_in_use() returns bigint
    language sql stable security definer set search_path = '' as $$
    select count(*) from automation.workflows where tenant_id = tenancy.tenant() and status <> 'archived'
$$;

revoke execute on all functions in schema automation from public;
grant execute on function automation.find_webhook(bytea) to saasflows_lookup;
grant execute on function automation.workflows_in_use() to saasflows_app;
