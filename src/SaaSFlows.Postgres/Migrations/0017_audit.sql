-- Who changed what. Rows are inserted in the change's own transaction and never change; within a second a sealer numbers and chains them per tenant.

-- What a text search finds: words of the text, cut at spaces and ASCII punctuation. The tenant is one of them, so that the index finds a tenant's rows only.
create function accounts.audit_words(tenant uuid, texts text) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(array_remove(regexp_split_to_array(lower(left(texts, 4000)), '[\s!-/:-@\[-`{-~]+'), '') || ('=' || tenant::text));

create table accounts.audit_entries (
    -- Without cascade: a tenant goes only after accounts.drop_audit has left its tombstone.
    tenant_id uuid not null references accounts.tenants,
    -- A UUIDv7 of the change's time: the order of lists.
    id uuid not null,
    at timestamptz not null,
    actor_kind text not null check (actor_kind in ('user', 'webhook', 'system', 'anonymous')),
    actor_id text,
    -- As it was at the time.
    actor_name text,
    action text not null,
    target_type text not null,
    target_id text not null,
    target_name text,
    -- JSON as text: the chain is over these very bytes.
    before text,
    after text,
    address text,
    user_agent text,
    credential_kind text,
    credential_id text,
    correlation_id text,
    -- Null until it is sealed.
    number bigint,
    hash bytea,
    words tsvector generated always as (accounts.audit_words(tenant_id, coalesce(actor_name, '') || ' ' || coalesce(actor_id, '') || ' ' || action || ' '
        || coalesce(target_name, '') || ' ' || target_id || ' ' || target_type || ' ' || coalesce(address, '') || ' ' || coalesce(correlation_id, ''))) stored,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    check ((number is null) = (hash is null))
);
create index audit_entries_unsealed on accounts.audit_entries (tenant_id, id) where number is null;
create index audit_entries_action on accounts.audit_entries (tenant_id, action, id);
create index audit_entries_actor on accounts.audit_entries (tenant_id, actor_id, id);
create index audit_entries_target on accounts.audit_entries (tenant_id, target_id, id);
create index audit_entries_words on accounts.audit_entries using gin (words);

-- The end of each tenant's chain: without it nobody would miss entries that were cut off there.
create table accounts.audit_heads (
    tenant_id uuid primary key,
    number bigint not null,
    hash bytea not null
);

-- What remains of a deleted tenant's chain.
create table accounts.audit_tombstones (
    tenant_id uuid primary key,
    number bigint not null,
    hash bytea not null,
    dropped_at timestamptz not null,
    signature bytea not null
);

select tenancy.protect('accounts.audit_entries', 'tenant'), tenancy.protect('accounts.audit_heads', 'tenant'), tenancy.protect('accounts.audit_tombstones', 'platform');

create policy lookup on accounts.audit_entries for insert to saasflows_lookup with check (true);
create policy lookup on accounts.audit_tombstones for select to saasflows_lookup using (true);
grant insert (tenant_id, id, at, actor_kind, actor_id, actor_name, action, target_type, target_id, target_name, before, after, address, user_agent,
    credential_kind, credential_id, correlation_id) on accounts.audit_entries to saasflows_app, saasflows_lookup;
grant select on accounts.audit_entries, accounts.audit_heads to saasflows_app;
grant select on accounts.audit_tombstones to saasflows_lookup;

-- The owner has every right by nature. This stops what the functions below do not do.
create function accounts.guard_audit() returns trigger language plpgsql as $$
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
create trigger guard before update or delete on accounts.audit_entries for each row execute function accounts.guard_audit();
create trigger guard_all before truncate on accounts.audit_entries for each statement execute function accounts.guard_audit();

create function accounts.audit_field(value text) returns text language sql immutable parallel safe
    return coalesce(octet_length(value) || ':' || value || ',', '-,');

-- What an entry's hash is over: all its fields with their lengths, so that nothing can move from one to the next. docs/audit.md describes it.
create function accounts.audit_content(e accounts.audit_entries) returns bytea language sql stable as $$
    select convert_to(
        accounts.audit_field('saasflows-audit-1') || accounts.audit_field(e.tenant_id::text) || accounts.audit_field(e.number::text)
        || accounts.audit_field(e.id::text) || accounts.audit_field((extract(epoch from e.at) * 1000000)::bigint::text)
        || accounts.audit_field(e.actor_kind) || accounts.audit_field(e.actor_id) || accounts.audit_field(e.actor_name) || accounts.audit_field(e.action)
        || accounts.audit_field(e.target_type) || accounts.audit_field(e.target_id) || accounts.audit_field(e.target_name)
        || accounts.audit_field(e.before) || accounts.audit_field(e.after) || accounts.audit_field(e.address) || accounts.audit_field(e.user_agent)
        || accounts.audit_field(e.credential_kind) || accounts.audit_field(e.credential_id) || accounts.audit_field(e.correlation_id), 'UTF8')
$$;

-- Chains what has been committed, of one tenant or of all; how many entries. One at a time: nobody waits for another's pass over all tenants.
create function accounts.seal_audit(only_tenant uuid, most integer) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    entry accounts.audit_entries;
    head accounts.audit_heads;
    sealed integer := 0;
begin
    if only_tenant is not null then
        perform pg_advisory_xact_lock(hashtext('accounts.seal_audit'));
    elsif not pg_try_advisory_xact_lock(hashtext('accounts.seal_audit')) then
        return 0;
    end if;
    loop
        select e.tenant_id, coalesce(h.number, 0), coalesce(h.hash, decode(repeat('00', 32), 'hex')) into head
        from accounts.audit_entries e left join accounts.audit_heads h on h.tenant_id = e.tenant_id
        where e.number is null and (only_tenant is null or e.tenant_id = only_tenant)
        order by e.tenant_id, e.id limit 1;
        exit when not found or sealed >= most;
        for entry in select * from accounts.audit_entries where tenant_id = head.tenant_id and number is null order by id limit most - sealed loop
            head.number := head.number + 1;
            entry.number := head.number;
            head.hash := sha256(head.hash || accounts.audit_content(entry));
            update accounts.audit_entries set number = head.number, hash = head.hash where tenant_id = entry.tenant_id and id = entry.id;
            sealed := sealed + 1;
        end loop;
        insert into accounts.audit_heads values (head.tenant_id, head.number, head.hash)
            on conflict (tenant_id) do update set number = excluded.number, hash = excluded.hash;
    end loop;
    return sealed;
end $$;

-- The tenant's entries, newest first. Runs as the owner: row-level security keeps a text search from its index. Planned anew each time, for the filters given.
create function accounts.audit_page(of_actor text, of_action text, on_target text, since timestamptz, before_time timestamptz, search text, before_id uuid, most integer)
    returns setof accounts.audit_entries
    language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_custom_plan as $$
declare
    tenant uuid := tenancy.tenant();
    query tsquery;
begin
    if search is not null then
        -- No word has a quote in it: they are cut there.
        select ('''=' || tenant || '''' || coalesce(string_agg(' & ''' || w || ''':*', ''), ''))::tsquery into query
        from regexp_split_to_table(lower(left(search, 200)), '[\s!-/:-@\[-`{-~]+') w where w <> '';
    end if;
    return query
        select * from accounts.audit_entries e
        where e.tenant_id = tenant
            and (of_actor is null or e.actor_id = of_actor)
            and (of_action is null or e.action = of_action)
            and (on_target is null or e.target_id = on_target)
            -- Ids are of the same millisecond as their time, or, where that was rounded up, of the one before.
            and (since is null or e.id >= engine.uuid_at(date_trunc('milliseconds', since) - interval '1 millisecond') and e.at >= since)
            and (before_time is null or e.id < engine.uuid_at(date_trunc('milliseconds', before_time) + interval '1 millisecond') and e.at < before_time)
            and (query is null or e.words @@ query)
            and (before_id is null or e.id < before_id)
        order by e.id desc limit most;
end $$;

-- Seals what a tenant has and answers where its chain ends. It stays so until the end of the transaction: entries refer to the tenant's row.
create function accounts.close_audit(closed uuid) returns table (number bigint, hash bytea)
    language plpgsql security definer set search_path = '' as $$
begin
    perform from accounts.tenants where tenant_id = closed for update;
    perform accounts.seal_audit(closed, null);
    return query select h.number, h.hash from accounts.audit_heads h where h.tenant_id = closed;
end $$;

-- Drops a deleted tenant's chain and leaves its tombstone.
create function accounts.drop_audit(dropped uuid, at_number bigint, at_hash bytea, at timestamptz, signature bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtext('accounts.seal_audit'));
    if exists (select from accounts.audit_entries e where e.tenant_id = dropped and e.number is null)
        or not exists (select from accounts.audit_heads h where h.tenant_id = dropped and h.number = at_number and h.hash = at_hash)
    then
        raise exception 'the audit chain of % does not end at %', dropped, at_number;
    end if;
    insert into accounts.audit_tombstones values (dropped, at_number, at_hash, at, signature);
    perform set_config('accounts.dropping_audit', dropped::text, true);
    delete from accounts.audit_entries where tenant_id = dropped;
    perform set_config('accounts.dropping_audit', '', true);
    delete from accounts.audit_heads where tenant_id = dropped;
end $$;

revoke execute on function accounts.audit_words(uuid, text), accounts.guard_audit(), accounts.audit_field(text), accounts.audit_content(accounts.audit_entries),
    accounts.seal_audit(uuid, integer), accounts.audit_page(text, text, text, timestamptz, timestamptz, text, uuid, integer),
    accounts.close_audit(uuid), accounts.drop_audit(uuid, bigint, bytea, timestamptz, bytea) from public;
grant execute on function accounts.audit_words(uuid, text) to saasflows_app, saasflows_lookup;
grant execute on function accounts.audit_page(text, text, text, timestamptz, timestamptz, text, uuid, integer) to saasflows_app;
grant execute on function accounts.seal_audit(uuid, integer), accounts.close_audit(uuid), accounts.drop_audit(uuid, bigint, bytea, timestamptz, bytea) to saasflows_lookup;
