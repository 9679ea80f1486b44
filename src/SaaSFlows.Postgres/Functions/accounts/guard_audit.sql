-- For the triggers of audit entries. The owner has every right by nature: this stops what seal_audit and drop_audit do not do.
create or replace function accounts.guard_audit() returns trigger language plpgsql as $$
declare
    sealed accounts.audit_entries;
begin
    if tg_op = 'UPDATE' then
        sealed := new;
        sealed.number := null;
        sealed.hash := null;
        sealed.words := old.words;
        if old.number is null and sealed is not distinct from old then
            return new;
        end if;
    elsif tg_op = 'DELETE' and current_setting('accounts.dropping_audit', true) = old.tenant_id::text then
        return old;
    end if;
    raise exception 'audit entries are append-only' using errcode = 'insufficient_privilege';
end $$;

revoke all on function accounts.guard_audit from public;
