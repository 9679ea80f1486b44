-- The kernel's tables. History is range-partitioned by the execution's UUIDv7; what lives stays in small tables.
-- Payloads are bytea (UTF-8 JSON as received), never jsonb: no re-encoding, and \u0000 is no accident.

create table engine.executions (
    id uuid not null,
    tenant_id uuid not null,
    community_id bigint not null,
    entity_id bigint not null,
    workflow_id uuid not null,
    version_id uuid not null,
    trigger text not null,
    trigger_node text not null,
    webhook_id uuid,
    started_by uuid,
    -- 1 queued, 2 running, 3 waiting, 4 completed, 5 failed, 6 cancelled
    status smallint not null,
    -- Raised by each claim; a write that carries an older one is refused.
    fence bigint not null,
    head_seq bigint not null,
    -- Number of the last fact that came into the inbox. Raising it locks the row against a park that has not seen the fact.
    inbox_seq bigint not null default 0,
    input bytea not null,
    metadata bytea,
    output bytea,
    error_code text,
    error_message text,
    error_node text,
    nodes_executed integer not null default 0,
    created_at timestamptz not null,
    ended_at timestamptz,
    primary key (id)
) partition by range (id);
create index executions_workflow on engine.executions (tenant_id, workflow_id, id desc);
create index executions_tenant on engine.executions (tenant_id, id desc);
create index executions_webhook on engine.executions (webhook_id, id desc) where webhook_id is not null;

create table engine.journal (
    execution_id uuid not null,
    seq bigint not null,
    tenant_id uuid not null,
    community_id bigint not null,
    kind smallint not null,
    node_id text,
    scope text not null,
    token integer not null,
    attempt integer not null,
    ordinal integer not null,
    at timestamptz not null,
    body bytea,
    primary key (execution_id, seq)
) partition by range (execution_id);

-- Written at accept, exactly once: what is counted and billed.
create table engine.usage_facts (
    execution_id uuid not null,
    tenant_id uuid not null,
    kind text not null check (kind in ('execution')),
    units integer not null,
    at timestamptz not null,
    primary key (execution_id, kind)
) partition by range (execution_id);

create table engine.queue (
    execution_id uuid primary key,
    tenant_id uuid not null,
    -- When the next claim may take it: for a leased row the end of the lease, so one condition finds the waiting and the abandoned.
    available_at timestamptz not null,
    owner uuid,
    enqueued_at timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
-- Fair claims walk from tenant to tenant and take each one's oldest.
create index queue_tenant on engine.queue (tenant_id, available_at);

create table engine.bookmarks (
    id uuid primary key,
    execution_id uuid not null,
    tenant_id uuid not null,
    community_id bigint not null,
    node_id text not null,
    kind text not null,
    key text,
    due timestamptz,
    -- Set when the due fact has been put into the inbox, so that it is put there once.
    fired boolean not null default false,
    created_at timestamptz not null
);
create index bookmarks_execution on engine.bookmarks (execution_id);
create index bookmarks_due on engine.bookmarks (due) where due is not null and not fired;
create index bookmarks_key on engine.bookmarks (tenant_id, kind, key) where key is not null;

create table engine.inbox (
    execution_id uuid not null,
    number bigint not null,
    tenant_id uuid not null,
    community_id bigint not null,
    kind smallint not null,
    bookmark_id uuid,
    at timestamptz not null,
    body bytea,
    primary key (execution_id, number)
);

-- Events seen: the second delivery of an event answers with the first execution.
create table engine.deduplication (
    tenant_id uuid not null,
    -- The webhook, or for calls the workflow.
    source uuid not null,
    event_key text not null,
    execution_id uuid not null,
    body_hash bytea not null,
    expires_at timestamptz not null,
    primary key (tenant_id, source, event_key)
);
create index deduplication_expiry on engine.deduplication (expires_at);

select tenancy.protect('engine.executions', 'community'), tenancy.protect('engine.journal', 'community'),
    tenancy.protect('engine.usage_facts', 'tenant'), tenancy.protect('engine.queue', 'tenant'),
    tenancy.protect('engine.bookmarks', 'community'), tenancy.protect('engine.inbox', 'community'),
    tenancy.protect('engine.deduplication', 'tenant');

create policy engine on engine.executions to saasflows_engine using (true) with check (true);
create policy engine on engine.journal to saasflows_engine using (true) with check (true);
create policy engine on engine.usage_facts to saasflows_engine using (true) with check (true);
create policy engine on engine.queue to saasflows_engine using (true) with check (true);
create policy engine on engine.bookmarks to saasflows_engine using (true) with check (true);
create policy engine on engine.inbox to saasflows_engine using (true) with check (true);
create policy engine on engine.deduplication to saasflows_engine using (true) with check (true);

-- Tenants read; only the engine writes.
grant select on engine.executions, engine.journal, engine.bookmarks, engine.inbox, engine.usage_facts to saasflows_app;
grant select, insert, update on engine.executions to saasflows_engine;
grant select, insert on engine.journal, engine.usage_facts to saasflows_engine;
grant select, insert, update, delete on engine.queue, engine.bookmarks, engine.inbox, engine.deduplication to saasflows_engine;

-- A UUIDv7 begins with 48 bits of Unix milliseconds: the smallest one of a moment is a partition's bound.
create function engine.uuid_at(moment timestamptz) returns uuid language sql immutable
    return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- Makes the weekly partitions from the week of since up to that of until; makes nothing twice, answers how many it made.
create function engine.ensure_partitions(since timestamptz, until timestamptz) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    week timestamptz := date_trunc('week', since, 'UTC');
    made integer := 0;
    parent text;
    child text;
begin
    perform pg_advisory_xact_lock(hashtext('engine.ensure_partitions'));
    while week <= until loop
        foreach parent in array array['executions', 'journal', 'usage_facts'] loop
            child := parent || '_' || to_char(week at time zone 'UTC', 'IYYY"w"IW');
            if to_regclass('engine.' || child) is null then
                -- Attaching, unlike creating in place, does not shut out the writers of the other partitions.
                execute format('create table engine.%I (like engine.%I including all) with (fillfactor = %s)', child, parent,
                    -- An execution's row is rewritten some times in its life: room in its page spares the indexes.
                    case parent when 'executions' then 70 else 100 end);
                execute format('alter table engine.%I attach partition engine.%I for values from (%L) to (%L)', parent, child,
                    engine.uuid_at(week), engine.uuid_at(week + interval '7 days'));
                -- Nobody is granted a partition itself; without a policy it would show nothing either.
                execute format('alter table engine.%I enable row level security', child);
                execute format('alter table engine.%I force row level security', child);
                made := made + 1;
            end if;
        end loop;
        week := week + interval '7 days';
    end loop;
    return made;
end $$;

revoke execute on all functions in schema engine from public;
grant execute on function engine.ensure_partitions(timestamptz, timestamptz) to saasflows_engine;

select engine.ensure_partitions(now() - interval '7 days', now() + interval '28 days');
