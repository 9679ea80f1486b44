-- What the checks read. The rest stays in the arrays and is taken from there by its place (n) where it is stored: carried through every step it
-- would be copied at each.
with w as (
    select * from unnest(:id::uuid[], :tenant::uuid[], :community::bigint[], :workflow::uuid[], :version::uuid[], :licence_epoch::bigint[],
            :webhook::uuid[], :source::uuid[], :event_key::text[], :body_hash::bytea[], :key_expires_at::timestamptz[], :webhook_revision::integer[],
            :parent::uuid[], :parent_bookmark::uuid[], :on_end::smallint[], :of_failure::boolean[], :any_version::boolean[], :status::smallint[],
            :paid::boolean[])
        with ordinality as w (id, tenant_id, community_id, workflow_id, version_id, licence_epoch,
            webhook_id, source, event_key, body_hash, expires_at, webhook_revision,
            parent_execution_id, parent_bookmark_id, on_end, of_failure, pinned, status,
            paid, n)
),
-- In the order of ids, like every writer of executions.
parents as materialized (
    select p.*, a.depth, a.of_failure
    from (
        select parent_execution_id as id, tenant_id, bool_or(parent_bookmark_id is not null) as waits from w
        where parent_execution_id is not null group by 1, 2 order by 1
    ) p cross join lateral engine.adopt(p.id, p.tenant_id, p.waits) a
),
-- What the caller's cache said, once more by primary keys. The numbers are those of AcceptBatch.
found as materialized (
    select w.*, h.rate_limit_max, h.rate_limit_window, p.depth as parent_depth, w.of_failure or coalesce(p.of_failure, false) as after_failure, case
        when t.status is distinct from 'active' then 5
        when w.webhook_id is not null and (h.enabled is not true or h.revision <> w.webhook_revision) then 4
        when f.status is distinct from 'active' or f.paused then 3
        when t.licence_epoch <> w.licence_epoch or (f.published_version_id is distinct from w.version_id and not w.pinned)
            or f.community_id <> w.community_id then 2
        when w.parent_execution_id is not null and p.id is null then 7
        when p.depth >= 10 then 8
        else 1
    end as standing
    from w
    left join parents p on p.id = w.parent_execution_id and p.tenant_id = w.tenant_id
    left join accounts.tenants t on t.tenant_id = w.tenant_id
    left join automation.workflows f on f.id = w.workflow_id and f.tenant_id = w.tenant_id
    left join automation.webhooks h on h.id = w.webhook_id and h.workflow_id = w.workflow_id and h.tenant_id = w.tenant_id
),
-- What webhooks still take. Nothing is asked (null) where nothing came through one, or a slice has paid (RateSlices).
rates as materialized (
    select r.* from (
        select array_agg(n) as ns, array_agg(webhook_id) as webhooks, array_agg(tenant_id) as tenants, array_agg(source) as sources,
            array_agg(event_key) as event_keys, array_agg(rate_limit_max) as mosts, array_agg(rate_limit_window) as windows
        from found where standing = 1 and webhook_id is not null and not paid
    ) f cross join lateral engine.admit(f.ns, f.webhooks, f.tenants, f.sources, f.event_keys, f.mosts, f.windows, :now) r
),
checked as materialized (
    select f.*, r.rate_left, r.frees_at, case
        when f.standing <> 1 or f.webhook_id is null or f.paid or r.admitted then f.standing
        when r.n is null then 4
        else 9
    end as verdict
    from found f left join rates r on r.n = f.n
),
-- In one order, so that two writers can't wait for each other. The row of an earlier delivery comes back even if it was committed after
-- this statement began; a plain select would not see it.
keys as (
    insert into engine.deduplication as d (tenant_id, source, event_key, execution_id, body_hash, expires_at)
    select distinct on (c.tenant_id, c.source, c.event_key) c.tenant_id, c.source, c.event_key, c.id, c.body_hash, c.expires_at
    from checked c where c.verdict = 1 and c.source is not null
    order by c.tenant_id, c.source, c.event_key, c.n
    on conflict (tenant_id, source, event_key) do update set
        execution_id = case when d.expires_at <= :now then excluded.execution_id else d.execution_id end,
        body_hash = case when d.expires_at <= :now then excluded.body_hash else d.body_hash end,
        expires_at = case when d.expires_at <= :now then excluded.expires_at else d.expires_at end
    returning d.tenant_id, d.source, d.event_key, d.execution_id, d.body_hash
),
-- A delivery that was accepted before gets its answer also when a new one would be refused.
known as (
    select 1 as passed, k.* from keys k
    union all
    select distinct 0, d.tenant_id, d.source, d.event_key, d.execution_id, d.body_hash
    from checked c join engine.deduplication d on d.tenant_id = c.tenant_id and d.source = c.source and d.event_key = c.event_key
    where c.verdict <> 1 and d.expires_at > :now
),
judged as materialized (
    select c.*, k.execution_id as first, k.body_hash = c.body_hash as same_body, c.verdict = 1 and coalesce(k.execution_id = c.id, true) as fresh,
        case when c.after_failure then c.on_end & ~8::smallint else c.on_end end as flags
    from checked c
    left join known k on k.tenant_id = c.tenant_id and k.source = c.source and k.event_key = c.event_key and (k.passed = 1) = (c.verdict = 1)
),
executions as (
    insert into engine.executions (id, tenant_id, community_id, entity_id, workflow_id, version_id, trigger, trigger_node, webhook_id, started_by,
        status, fence, head_seq, input, metadata, created_at, parent_execution_id, parent_bookmark_id, depth, retry_of, retry_node, on_end,
        of_failure, output, error_code, error_message, error_node, nodes_executed, ended_at)
    select id, tenant_id, community_id, (:entity::bigint[])[n], workflow_id, version_id, (:trigger::text[])[n], (:trigger_node::text[])[n],
        webhook_id, (:started_by::uuid[])[n], status, case when (:owner::uuid[])[n] is null then 0 else 1 end, (:events::bigint[])[n],
        (:input::bytea[])[n], (:metadata::bytea[])[n], (:created_at::timestamptz[])[n], parent_execution_id, parent_bookmark_id,
        coalesce(parent_depth + 1, 0), (:retry_of::uuid[])[n], (:retry_node::text[])[n], flags, after_failure, (:output::bytea[])[n],
        (:error_code::text[])[n], (:error_message::text[])[n], (:error_node::text[])[n], (:nodes_executed::integer[])[n],
        case when status > 3 then :now::timestamptz end
    from judged where fresh
),
journal as (
    insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
    select id, 1, tenant_id, community_id, (:events::bigint[])[n], (:failures::boolean[])[n], (:page::bytea[])[n] from judged where fresh
),
bookmarks as (
    insert into engine.bookmarks (id, execution_id, tenant_id, community_id, node_id, kind, key, due, data, created_at)
    select x.bookmark, j.id, j.tenant_id, j.community_id, x.node_id, x.kind, x.key, x.due, x.data, :now::timestamptz
    from unnest(:bookmark_of::integer[], :bookmark::uuid[], :bookmark_node::text[], :bookmark_kind::text[], :bookmark_key::text[],
            :bookmark_due::timestamptz[], :bookmark_data::bytea[])
        as x (n, bookmark, node_id, kind, key, due, data)
    join judged j on j.n = x.n
    where j.fresh and j.status < 4
),
usage as (
    insert into engine.usage_facts (execution_id, tenant_id, kind, units, at)
    select id, tenant_id, 'execution', 1, (:created_at::timestamptz[])[n] from judged where fresh and (:counted::boolean[])[n]
),
starts as (
    insert into engine.webhook_starts (webhook_id, tenant_id, community_id, count, at)
    select webhook_id, tenant_id, community_id, count(*), :now from judged where fresh and paid group by webhook_id, tenant_id, community_id
),
queued as (
    insert into engine.queue (execution_id, tenant_id, available_at, owner, enqueued_at)
    select id, tenant_id, (:available_at::timestamptz[])[n], case when status = 2 then (:owner::uuid[])[n] end, :now from judged
    where fresh and status < 3 and not (:held::boolean[])[n]
),
endings as (
    insert into engine.endings (execution_id, tenant_id, community_id, workflow_id, on_end, status, ended_at, available_at)
    select id, tenant_id, community_id, workflow_id, follows, status, :now::timestamptz, :now::timestamptz
    from (select j.*, case when j.status = 5 then j.flags else j.flags & ~8::smallint end as follows from judged j) e
    where fresh and status > 3 and follows <> 0
    returning 1
)
select case when fresh then 1 when first is not null then 6 else verdict end, first, same_body, exists (select from endings),
    rate_limit_max, rate_left, frees_at
from judged order by n
