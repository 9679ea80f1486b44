-- How much a built-in role may do; null for another one.
create or replace function accounts.role_rank(role text) returns integer language sql immutable parallel safe
    return array_position(array['viewer', 'operator', 'editor', 'admin', 'owner'], role);

revoke all on function accounts.role_rank from public;
