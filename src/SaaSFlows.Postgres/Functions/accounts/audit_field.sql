-- A text with its length before it; - for null.
create or replace function accounts.audit_field(value text) returns text language sql immutable parallel safe
    return coalesce(octet_length(value) || ':' || value || ',', '-,');

revoke all on function accounts.audit_field from public;
