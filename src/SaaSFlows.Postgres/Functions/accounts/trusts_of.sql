-- What an active tenant, named by slug or id, trusts: one row without a trust if that is nobody.
create or replace function accounts.trusts_of(named_slug text, named_id uuid)
    returns table (tenant_id uuid, slug text, id uuid, issuer text, audience text, jwks_uri text, algorithms text[], user_claim text,
        updated_at timestamptz)
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id, t.slug, i.id, i.issuer, i.audience, i.jwks_uri, i.algorithms, i.user_claim, i.updated_at
    from accounts.tenants t left join accounts.trusted_issuers i on i.tenant_id = t.tenant_id
    where t.status = 'active' and (t.slug = named_slug or t.tenant_id = named_id)
    order by i.id
$$;

revoke all on function accounts.trusts_of from public;
grant execute on function accounts.trusts_of to saasflows_lookup;
