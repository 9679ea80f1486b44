-- What an entry's hash is over: all its fields with their lengths, so that nothing can move from one to the next. docs/audit.md describes it.
create or replace function accounts.audit_content(e accounts.audit_entries) returns bytea language sql stable as $$
    select convert_to(
        accounts.audit_field('saasflows-audit-1') || accounts.audit_field(e.tenant_id::text) || accounts.audit_field(e.number::text)
        || accounts.audit_field(e.id::text) || accounts.audit_field((extract(epoch from e.at) * 1000000)::bigint::text)
        || accounts.audit_field(e.actor_kind) || accounts.audit_field(e.actor_id) || accounts.audit_field(e.actor_name)
            || accounts.audit_field(e.action)
        || accounts.audit_field(e.target_type) || accounts.audit_field(e.target_id) || accounts.audit_field(e.target_name)
        || accounts.audit_field(e.before) || accounts.audit_field(e.after) || accounts.audit_field(e.address) || accounts.audit_field(e.user_agent)
        || accounts.audit_field(e.credential_kind) || accounts.audit_field(e.credential_id) || accounts.audit_field(e.correlation_id), 'UTF8')
$$;

revoke all on function accounts.audit_content from public;
