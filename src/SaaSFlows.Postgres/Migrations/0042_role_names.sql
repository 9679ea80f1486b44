-- Two roles that look the same have the same name, however their accents are composed: é may be one character or two.
update accounts.roles r set name = left(r.name, 50) || ' ' || left(r.id::text, 8)
from accounts.roles other
where other.tenant_id = r.tenant_id and normalize(lower(other.name), nfc) = normalize(lower(r.name), nfc) and other.id < r.id;

drop index accounts.roles_name;
create unique index roles_name on accounts.roles (tenant_id, normalize(lower(name), nfc));
