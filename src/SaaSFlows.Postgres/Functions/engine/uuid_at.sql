-- A UUIDv7 begins with 48 bits of Unix milliseconds: the smallest one of a moment is a partition's bound.
create or replace function engine.uuid_at(moment timestamptz) returns uuid language sql immutable
    return (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

revoke all on function engine.uuid_at from public;
grant execute on function engine.uuid_at to saasflows_app, saasflows_engine;
