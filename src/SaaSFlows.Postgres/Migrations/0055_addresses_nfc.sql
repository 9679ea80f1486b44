-- Addresses are found however their accents are composed. Where two accounts differ in nothing else, the one that was found first stays the one that is found.
update accounts.users u set normalized_email = normalize(u.normalized_email, nfc), normalized_user_name = normalize(u.normalized_user_name, nfc)
where (u.normalized_email is not nfc normalized or u.normalized_user_name is not nfc normalized)
    and not exists (
        select from accounts.users o
        where o.id <> u.id and (
            o.normalized_email = normalize(u.normalized_email, nfc) or o.normalized_user_name = normalize(u.normalized_user_name, nfc)
            or (normalize(o.normalized_email, nfc) = normalize(u.normalized_email, nfc) and o.id < u.id)
            or (normalize(o.normalized_user_name, nfc) = normalize(u.normalized_user_name, nfc) and o.id < u.id)));

update accounts.invitations set normalized_email = normalize(normalized_email, nfc) where normalized_email is not nfc normalized;
