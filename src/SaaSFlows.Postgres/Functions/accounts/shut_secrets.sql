-- Sealed secrets that none of the known master keys opens, by kind. Bytes 9 to 24 of an envelope name its data key (docs/adr/0002-vault-envelope.md).
create or replace function accounts.shut_secrets(known bytea[]) returns table (kind text, tenants bigint, secrets bigint)
    language plpgsql stable security definer set search_path = '' as $$
begin
    if not exists (select from accounts.data_keys k where k.master_key_id <> all (known)) then
        return;
    end if;
    return query
        with shut as (select k.id from accounts.data_keys k where k.master_key_id <> all (known)),
        sealed (name, owner, envelope) as (
            select 'keys that sign tokens', null::uuid, s.sealed_private_key from accounts.signing_keys s
            union all select 'second factors', null, f.sealed_secret from accounts.second_factors f
            union all select 'addresses of webhooks', w.tenant_id, w.sealed_token from automation.webhooks w
            union all select 'secrets of webhooks', w.tenant_id, w.sealed_secret from automation.webhooks w where w.sealed_secret is not null
            union all select 'signatures of deleted audit logs', null, a.signature from accounts.audit_tombstones a
            union all select 'mails that wait', null, m.sealed_content from accounts.mails m)
        select e.name, count(distinct e.owner), count(*)
        from sealed e join shut on shut.id = encode(substring(e.envelope from 10 for 16), 'hex')::uuid
        group by e.name order by e.name;
end $$;

revoke all on function accounts.shut_secrets from public;
grant execute on function accounts.shut_secrets to saasflows_lookup;
