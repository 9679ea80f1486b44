-- Raising the number locks the row against a park that does not know the fact: one of the two sees the other.
with e as (
    update engine.executions set inbox_seq = inbox_seq + 1
    where id = $1 and status < 4 and ($2::uuid is null or tenant_id = $2)
    returning id, tenant_id, community_id, inbox_seq
),
fact as (
    insert into engine.inbox (execution_id, number, tenant_id, community_id, kind, bookmark_id, at, body)
    select e.id, e.inbox_seq, e.tenant_id, e.community_id, $3, $4, $5, $6 from e
),
queued as (
    insert into engine.queue as q (execution_id, tenant_id, available_at, enqueued_at)
    select e.id, e.tenant_id, $5, $5 from e
    on conflict (execution_id) do update set available_at = least(q.available_at, excluded.available_at) where q.owner is null
)
select inbox_seq from e
