-- For whom a token speaks.
create or replace function accounts.trusted_user(in_tenant uuid, of_trust uuid, of_subject text)
    returns table (user_id uuid, user_name text, email text, permissions text[])
    language sql stable security definer set search_path = '' as $$
    select u.id, u.user_name, u.email, i.permissions
    from accounts.trusted_issuers i
        left join accounts.trusted_subjects s on s.tenant_id = i.tenant_id and s.trusted_issuer_id = i.id and s.subject = of_subject
        join accounts.users u on u.id = case when s.subject is null then i.everyone_else else s.user_id end
    where i.tenant_id = in_tenant and i.id = of_trust
$$;

revoke all on function accounts.trusted_user from public;
grant execute on function accounts.trusted_user to saasflows_lookup;
