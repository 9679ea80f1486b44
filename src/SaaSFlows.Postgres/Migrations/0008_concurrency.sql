-- Places in the lines of workflows that let only so many executions run at once; failures are found without reading whole journals.

create table engine.line (
    execution_id uuid primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    workflow_id uuid not null,
    place bigint generated always as identity,
    -- The limit under which it was accepted: the newest place's is the one that counts.
    at_once integer not null,
    -- Runs or waits inside; false while it waits for its turn.
    running boolean not null,
    -- It was asked to make room.
    leaving boolean not null default false
);
create index line_workflow on engine.line (workflow_id, place);

select tenancy.protect('engine.line', 'community');
create policy engine on engine.line to saasflows_engine using (true) with check (true);
grant select, insert, update, delete on engine.line to saasflows_engine;

create index journal_failures on engine.journal (execution_id, seq) where kind in (4, 11);
