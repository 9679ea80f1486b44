-- Claims begin at a place of their own and walk from tenant to tenant. Ids of tenants follow time, so tenants of one day lie together: their lane, the random end of the id, spreads them.
alter table engine.queue
    add column lane integer not null generated always as (('x' || right(tenant_id::text, 8))::bit(32)::integer) stored;

-- What waits, and what a process holds (whose lease may run out): a walk meets no tenant whose executions all run.
create index queue_waiting on engine.queue (lane, tenant_id, available_at) where owner is null;
create index queue_leased on engine.queue (available_at) where owner is not null;
drop index engine.queue_tenant;
