-- The tenant's entries, newest first. Runs as the owner: row-level security keeps a text search from its index. Planned anew each time, for the
-- filters given.
create or replace function accounts.audit_page(of_actor text, of_action text, on_target text, since timestamptz, before_time timestamptz,
    search text, before_id uuid, most integer)
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
            and (before_time is null or e.id < engine.uuid_at(date_trunc('milliseconds', before_time) + interval '1 millisecond')
                and e.at < before_time)
            and (query is null or e.words @@ query)
            and (before_id is null or e.id < before_id)
        order by e.id desc limit most;
end $$;

revoke all on function accounts.audit_page from public;
grant execute on function accounts.audit_page to saasflows_app;
