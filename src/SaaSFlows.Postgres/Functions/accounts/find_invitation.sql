-- An invitation by its token. Held, it can't be accepted or revoked by anybody else until the transaction ends. It also says whether a role of it was
-- deleted.
create or replace function accounts.find_invitation(hash bytea, held boolean)
    returns table (id uuid, tenant_id uuid, tenant_name text, tenant_status text, email text, normalized_email text, role text,
        expires_at timestamptz,
        accepted_at timestamptz, revoked_at timestamptz, role_is_gone boolean)
    language plpgsql security definer set search_path = '' as $$
begin
    if held then
        -- Roles first, as their deletion does: else the two would wait for each other.
        perform from accounts.roles r
        where (r.tenant_id, r.id) in (
            select i.tenant_id, i.role_id from accounts.invitations i where i.token_hash = hash
            union all
            select c.tenant_id, c.role_id from accounts.invitations i join accounts.invitation_communities c on c.invitation_id = i.id
                where i.token_hash = hash)
        order by r.id for key share;
        perform from accounts.invitations i where i.token_hash = hash for update;
    end if;
    return query
        select i.id, i.tenant_id, t.name, t.status, i.email, i.normalized_email, coalesce(i.role_id::text, i.role), i.expires_at, i.accepted_at,
            i.revoked_at,
            (i.role = 'custom' and i.role_id is null)
                or exists (select from accounts.invitation_communities c where c.invitation_id = i.id and c.role = 'custom' and c.role_id is null)
        from accounts.invitations i join accounts.tenants t on t.tenant_id = i.tenant_id
        where i.token_hash = hash;
end $$;

revoke all on function accounts.find_invitation from public;
grant execute on function accounts.find_invitation to saasflows_lookup;
