-- Makes somebody a member as an invitation says; false if that person is one already. The caller holds the invitation.
create or replace function accounts.join_tenant(invitation uuid, person uuid, at timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    insert into accounts.memberships (tenant_id, user_id, role, role_id, created_at, last_used_at)
    select i.tenant_id, person, i.role, i.role_id, at, at from accounts.invitations i where i.id = invitation
    on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into accounts.community_members (tenant_id, community_id, user_id, role, role_id)
    select c.tenant_id, c.community_id, person, c.role, c.role_id from accounts.invitation_communities c where c.invitation_id = invitation;
    update accounts.invitations set accepted_at = at, accepted_by = person where id = invitation;
    return true;
end $$;

revoke all on function accounts.join_tenant from public;
grant execute on function accounts.join_tenant to saasflows_lookup;
