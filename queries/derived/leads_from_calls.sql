-- title:  Leads, one for each caller
-- grain:  one row per lead that a call names, which stands for its first call
-- Only where the mapping says that no file lists the leads (leads = "calls"). Calls that are excluded or cannot be read make no lead.
with

first_calls as (

    select *
    from new_calls
    where
        lead_id is not null and excluded_by is null and fault is null and copy_number = 1 and moment(started_at) is not null
    qualify row_number() over (partition by lead_id order by moment(started_at), delivery, file, line) = 1

)

select
    file,
    line,
    delivery,
    clues,
    hash(lead_id) as content,
    hash(lead_id) as content_but_key,
    lead_id,
    started_at as created_at,
    account_id,
    campaign as campaign_id,
    language as language_pref
from first_calls
