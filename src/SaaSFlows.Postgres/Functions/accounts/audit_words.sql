-- What a text search finds: words of the text, cut at spaces and ASCII punctuation. The tenant is one of them, so that the index finds a tenant's
-- rows only.
create or replace function accounts.audit_words(tenant uuid, texts text) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(array_remove(regexp_split_to_array(lower(left(texts, 4000)), '[\s!-/:-@\[-`{-~]+'), '') || ('=' || tenant::text));

revoke all on function accounts.audit_words from public;
grant execute on function accounts.audit_words to saasflows_app, saasflows_lookup;
