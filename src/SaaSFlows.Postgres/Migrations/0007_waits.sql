-- Waits that end from outside: approvals, events, answers in a chat. And what triggers and variables keep outside of executions.

-- What a stimulus must fulfil besides carrying the key: UTF-8 JSON that the bookmark's kind defines.
alter table engine.bookmarks add column data bytea;

-- How a tenant's own transaction brings a fact to a bookmark: what it decides and what it delivers are kept or lost together.
-- False if the execution has ended, or the bookmark was reached before, or (awaited) is not open. Callers with several executions go in
-- the order of their ids, as every writer does.
create function engine.deliver(to_execution uuid, to_bookmark uuid, awaited boolean, fact bytea, fact_at timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    e record;
begin
    -- Locked before anything is read: what a runner or a timer did to the bookmark is then visible, and numbers have no gaps.
    select x.id, x.tenant_id, x.community_id, x.inbox_seq + 1 as number into e
    from engine.executions x
    where x.id = to_execution and x.status < 4 and x.tenant_id = tenancy.tenant() and tenancy.sees(x.community_id)
    for no key update;
    if not found
        or exists (select from engine.inbox i where i.execution_id = e.id and i.bookmark_id = to_bookmark)
        or exists (select from engine.bookmarks b where b.id = to_bookmark and (b.fired or b.execution_id <> e.id))
        or (awaited and not exists (select from engine.bookmarks b where b.id = to_bookmark)) then
        return false;
    end if;
    update engine.executions set inbox_seq = e.number where id = e.id;
    insert into engine.inbox (execution_id, number, tenant_id, community_id, kind, bookmark_id, at, body)
    values (e.id, e.number, e.tenant_id, e.community_id, 2, to_bookmark, fact_at, fact);
    insert into engine.queue as q (execution_id, tenant_id, available_at, enqueued_at) values (e.id, e.tenant_id, fact_at, fact_at)
    on conflict (execution_id) do update set available_at = least(q.available_at, excluded.available_at) where q.owner is null;
    return true;
end $$;
revoke execute on function engine.deliver(uuid, uuid, boolean, bytea, timestamptz) from public;
grant execute on function engine.deliver(uuid, uuid, boolean, bytea, timestamptz) to saasflows_app;

create table automation.approvals (
    id uuid primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    entity_id bigint not null,
    execution_id uuid not null,
    workflow_id uuid not null,
    node_id text not null,
    -- Where the decision goes. The same node run may have to open another one when its try is repeated.
    bookmark_id uuid not null,
    -- The same for every try of the node run, so a run asks once.
    idempotency_key text not null unique,
    message text not null check (char_length(message) between 1 and 4000),
    -- Who may decide: members of these roles (admin, editor, operator), and these users.
    roles text[] not null,
    users uuid[] not null,
    expires_at timestamptz,
    -- What happened to it; an expired or closed one is still pending here.
    status text not null default 'pending' check (status in ('pending', 'approved', 'rejected')),
    decided_by uuid,
    decided_by_name text,
    decided_at timestamptz,
    comment text check (char_length(comment) <= 4000),
    created_at timestamptz not null,
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade
);
create index approvals_list on automation.approvals (tenant_id, id desc);
create index approvals_open on automation.approvals (tenant_id, id desc) where status = 'pending';
create index approvals_execution on automation.approvals (execution_id);

create table automation.global_variables (
    tenant_id uuid not null,
    community_id bigint not null,
    name text not null check (char_length(name) between 1 and 200),
    value bytea not null check (octet_length(value) <= 262144),
    revision bigint not null default 1,
    -- Of the node run that wrote it last: its second try changes nothing.
    written_by text not null,
    updated_at timestamptz not null,
    primary key (community_id, name),
    foreign key (tenant_id, community_id) references accounts.communities (tenant_id, id) on delete cascade
);

-- Until when a command's trigger does not start again: for everybody (user_id is all zeros) and for one user.
create table automation.cooldowns (
    workflow_id uuid not null,
    node_id text not null,
    user_id uuid not null,
    tenant_id uuid not null,
    community_id bigint not null,
    until timestamptz not null,
    primary key (workflow_id, node_id, user_id),
    foreign key (tenant_id, community_id, workflow_id) references automation.workflows (tenant_id, community_id, id) on delete cascade
);

-- Events that came with an idempotency key, and what was answered.
create table automation.event_keys (
    tenant_id uuid not null references accounts.tenants on delete cascade,
    user_id uuid not null,
    key text not null,
    event_id uuid not null,
    body_hash bytea not null,
    at timestamptz not null,
    -- Null while the first call is on its way, or died there.
    answer bytea,
    primary key (tenant_id, user_id, key)
);
create index event_keys_age on automation.event_keys (at);

alter table automation.triggers drop constraint triggers_kind_check;
alter table automation.triggers add constraint triggers_kind_check check (kind in ('command', 'event'));
-- The event type of a kind that is found by it.
alter table automation.triggers add column key text;
create index triggers_key on automation.triggers (tenant_id, kind, key) where key is not null;

select tenancy.protect('automation.approvals', 'community'), tenancy.protect('automation.global_variables', 'community'),
    tenancy.protect('automation.cooldowns', 'community'), tenancy.protect('automation.event_keys', 'tenant');
grant select, insert, update on automation.approvals, automation.global_variables, automation.cooldowns to saasflows_app;
grant select, insert, update, delete on automation.event_keys to saasflows_app;

-- A try of the parent's node that is repeated may wait somewhere else than the try that started the child. Nothing if it is no such child;
-- else whether it has ended already: then nobody will tell the parent there.
create function engine.move_child(child uuid, of_parent uuid, to_bookmark uuid) returns boolean
    language sql volatile security definer set search_path = '' as $$
    update engine.executions e set parent_bookmark_id = to_bookmark
    where e.id = child and e.parent_execution_id = of_parent and e.tenant_id = tenancy.tenant() and tenancy.sees(e.community_id)
    returning e.status >= 4
$$;
revoke execute on function engine.move_child(uuid, uuid, uuid) from public;
grant execute on function engine.move_child(uuid, uuid, uuid) to saasflows_app;
