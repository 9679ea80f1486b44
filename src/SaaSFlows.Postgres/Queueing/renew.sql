with held as materialized (
    select h.id, e.inbox_seq, q.available_at
    from unnest($1::uuid[], $2::bigint[]) as h (id, fence)
    join engine.executions e on e.id = h.id and e.fence = h.fence and e.status = 2
    join engine.queue q on q.execution_id = h.id and q.owner = $3
),
-- A row that somebody has locked is ending, parking or being taken over; the next renewal comes soon enough.
locked as materialized (
    select q.execution_id from held h join engine.queue q on q.execution_id = h.id
    where q.owner = $3 and h.available_at < $5
    order by q.execution_id
    for update of q skip locked
),
renewed as (
    update engine.queue q set available_at = $4 from locked l where q.execution_id = l.execution_id
)
select id, inbox_seq from held
