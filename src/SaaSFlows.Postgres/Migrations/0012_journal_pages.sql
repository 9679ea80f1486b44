-- A row of the journal holds all events of one write: an execution that runs through is one row, not seven.

drop index engine.journal_failures;
alter table engine.journal rename to old_journal;
alter index engine.journal_pkey rename to old_journal_pkey;
do $$
declare
    child regclass;
begin
    for child in select inhrelid::regclass from pg_inherits where inhparent = 'engine.old_journal'::regclass loop
        execute format('alter table %s rename to %I', child, 'old_' || (select relname from pg_class where oid = child));
    end loop;
end $$;

create table engine.journal (
    execution_id uuid not null,
    -- Number of its first event.
    seq bigint not null,
    tenant_id uuid not null,
    community_id bigint not null,
    events integer not null,
    -- Whether a failure is among them: incidents are found without reading whole journals.
    failures boolean not null,
    -- A JSON array of {kind, node, scope, token, attempt, ordinal, at, body}; what is absent is null, '' or 0. at: microseconds since 1970.
    page bytea not null,
    primary key (execution_id, seq)
) partition by range (execution_id);
create index journal_failures on engine.journal (execution_id, seq) where failures;

select tenancy.protect('engine.journal', 'community');
create policy engine on engine.journal to saasflows_engine using (true) with check (true);
grant select on engine.journal to saasflows_app;
grant select, insert on engine.journal to saasflows_engine;

select engine.ensure_partitions(
    least(now() - interval '7 days', (
        select to_timestamp(('x' || left(replace(execution_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) from engine.old_journal order by execution_id limit 1)),
    now() + interval '28 days');

insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
select execution_id, min(seq), tenant_id, community_id, count(*), bool_or(kind in (4, 11)), convert_to('[' || string_agg(
        '{"kind":' || kind || coalesce(',"node":' || to_json(node_id), '') || coalesce(',"scope":' || to_json(nullif(scope, '')), '')
            || coalesce(',"token":' || nullif(token, 0), '') || coalesce(',"attempt":' || nullif(attempt, 0), '') || coalesce(',"ordinal":' || nullif(ordinal, 0), '')
            || ',"at":' || (extract(epoch from at) * 1000000)::bigint || coalesce(',"body":' || convert_from(body, 'UTF8'), '') || '}',
        ',' order by seq) || ']', 'UTF8')
from engine.old_journal
group by execution_id, tenant_id, community_id, (seq - 1) / 100;

drop table engine.old_journal;

-- One row for each event, for people who look. Operators on json can't read \u0000, so they see its symbol.
create view engine.events with (security_invoker = true) as
select j.execution_id, j.seq + e.place - 1 as seq, j.tenant_id, j.community_id, (e.event ->> 'kind')::smallint as kind, e.event ->> 'node' as node_id,
    coalesce(e.event ->> 'scope', '') as scope, coalesce((e.event ->> 'token')::integer, 0) as token, coalesce((e.event ->> 'attempt')::integer, 0) as attempt,
    coalesce((e.event ->> 'ordinal')::integer, 0) as ordinal, 'epoch'::timestamptz + interval '1 microsecond' * (e.event ->> 'at')::bigint as at, e.event -> 'body' as body
from engine.journal j cross join lateral json_array_elements(replace(convert_from(j.page, 'UTF8'), '\u0000', '\u2400')::json) with ordinality as e (event, place);
