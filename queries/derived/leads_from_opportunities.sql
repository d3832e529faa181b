-- title:  Leads, one for each deal, or for each lead that deals name
-- grain:  one row per lead of an opportunity, which stands for its first
-- Only where the mapping says that no file lists the leads (leads = "opportunities").
with

first_deals as (

    select *
    from new_opportunities
    where
        lead_id is not null and excluded_by is null and fault is null and copy_number = 1 and moment(created_at) is not null
    qualify row_number() over (partition by lead_id order by moment(created_at), delivery, file, line) = 1

)

select
    file,
    line,
    delivery,
    clues,
    hash(lead_id) as content,
    hash(lead_id) as content_but_key,
    lead_id,
    created_at,
    account_id,
    source
from first_deals
