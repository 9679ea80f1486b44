-- Mails that have not gone out yet. Their content is sealed: it holds addresses, and links that let somebody in.
create table accounts.mails (
    id uuid primary key,
    sealed_content bytea not null,
    tries integer not null default 0,
    try_at timestamptz not null,
    expires_at timestamptz not null
);
create index mails_try_at on accounts.mails (try_at);

select tenancy.protect('accounts.mails', 'platform');
create policy lookup on accounts.mails to saasflows_lookup using (true) with check (true);
grant select, update, delete on accounts.mails to saasflows_lookup;

-- False if more mails wait than anybody would read: a mail server that is away must not fill the disk.
create function accounts.post_mail(new_id uuid, content bytea, first_try timestamptz, last_try timestamptz, most bigint) returns boolean
    language sql security definer set search_path = '' as $$
    with posted as (
        insert into accounts.mails (id, sealed_content, try_at, expires_at)
        select new_id, content, first_try, last_try where (select count(*) from (select from accounts.mails limit most) waiting) < most
        returning 1)
    select exists (select from posted)
$$;

revoke all on function accounts.post_mail(uuid, bytea, timestamptz, timestamptz, bigint) from public;
grant execute on function accounts.post_mail(uuid, bytea, timestamptz, timestamptz, bigint) to saasflows_app, saasflows_lookup;

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
