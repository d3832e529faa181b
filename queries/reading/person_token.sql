-- A member of the team by an e-mail address: the name in it, and a keyed token for its host, which tells two of one name apart.
-- 'anna.meier@site.example' is 'anna.meier@5f0c21ab'; any other text is tokenised.
create or replace macro person_token(label, phones) as
case
    when regexp_full_match(label, email_pattern())
        then split_part(label, '@', 1) || '@' || left(keyed_hash(lower(split_part(label, '@', 2))), 8)
    else tokenised(label, phones)
end;
