-- False if more mails wait than anybody would read: a mail server that is away must not fill the disk.
create or replace function accounts.post_mail(new_id uuid, content bytea, first_try timestamptz, last_try timestamptz, most bigint) returns boolean
    language sql security definer set search_path = '' as $$
    with posted as (
        insert into accounts.mails (id, sealed_content, try_at, expires_at)
        select new_id, content, first_try, last_try where (select count(*) from (select from accounts.mails limit most) waiting) < most
        returning 1)
    select exists (select from posted)
$$;

revoke all on function accounts.post_mail from public;
grant execute on function accounts.post_mail to saasflows_app, saasflows_lookup;
