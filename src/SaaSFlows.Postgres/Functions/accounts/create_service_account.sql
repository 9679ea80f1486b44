-- Names need not be unique. The address is one that no mail reaches (RFC 2606).
create or replace function accounts.create_service_account(new_user uuid, new_name text, new_role text, new_role_id uuid default null) returns void
    language sql security definer set search_path = '' as $$
    insert into accounts.users (id, user_name, normalized_user_name, email, normalized_email, service_tenant_id,
        email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
    values (new_user, new_name, upper(new_user || '@service-account.invalid'), new_user || '@service-account.invalid',
        upper(new_user || '@service-account.invalid'), tenancy.tenant(), false, false, false, false, 0);
    insert into accounts.memberships (tenant_id, user_id, role, role_id) values (tenancy.tenant(), new_user, new_role, new_role_id)
$$;

revoke all on function accounts.create_service_account from public;
grant execute on function accounts.create_service_account to saasflows_app;
