-- Deletes a community, or one entity of it, with its archived workflows and its chat. Their ended executions are no longer shown; retention drops
-- them. Answers deleted, missing, last (a tenant keeps one community) or in_use (a workflow is not archived, or an execution has not ended).
create or replace function accounts.delete_place(in_community bigint, only_entity bigint) returns text
    language plpgsql security definer set search_path = '' as $$
begin
    -- One after the other in a tenant, creations of workflows too: two deletions can't each take the other's place for the last one.
    perform from accounts.tenants t where t.tenant_id = tenancy.tenant() for no key update;
    if not exists (select from accounts.communities c where c.id = in_community and c.tenant_id = tenancy.tenant() and tenancy.sees(c.id))
        or (only_entity is not null and not exists (select from accounts.entities e where e.id = only_entity and e.community_id = in_community)) then
        return 'missing';
    end if;
    if only_entity is null and (select count(*) from accounts.communities c where c.tenant_id = tenancy.tenant()) = 1 then
        return 'last';
    end if;
    if exists (
            select from automation.workflows w
            where w.tenant_id = tenancy.tenant() and w.community_id = in_community and coalesce(w.entity_id = only_entity, true)
                and w.status <> 'archived')
        or exists (
            select from engine.executions x
            where x.tenant_id = tenancy.tenant() and x.community_id = in_community and coalesce(x.entity_id = only_entity, true)
                and x.status < 4) then
        return 'in_use';
    end if;
    delete from automation.workflows w where w.tenant_id = tenancy.tenant() and w.community_id = in_community and coalesce(w.entity_id = only_entity,
        true);
    if only_entity is null then
        delete from accounts.communities c where c.id = in_community;
    else
        delete from accounts.entities e where e.id = only_entity;
    end if;
    return 'deleted';
end $$;

revoke all on function accounts.delete_place from public;
grant execute on function accounts.delete_place to saasflows_app;
