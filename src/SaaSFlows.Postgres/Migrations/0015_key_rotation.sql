-- Signing keys follow one another by the clock: the newest whose time has come signs, and each ends a while after the next one began.
alter table accounts.signing_keys
    -- 1, 2, 3, …. Unique, so processes that make the next key at the same moment agree on one.
    add column generation integer,
    -- Announced before: whoever checks our tokens may keep the key set for a day.
    add column signs_from timestamptz;
update accounts.signing_keys k set generation = o.place, signs_from = k.created_at
from (select kid, row_number() over (order by created_at, kid) as place from accounts.signing_keys) o
where o.kid = k.kid;
drop index accounts.signing_keys_current;
alter table accounts.signing_keys
    alter column generation set not null,
    alter column signs_from set not null,
    drop column retired_at,
    add unique (generation);
grant delete on accounts.signing_keys to saasflows_lookup;
