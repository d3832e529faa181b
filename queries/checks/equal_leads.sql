-- title:    Leads are equal in everything but their id, and no contact says whether they are one
-- severity: warn
-- remedy:   If they are one, map contact_id: by it same_contact = "merge" under [policy] merges them. If not, there is nothing to do.
-- lists:    an example
with

-- Few columns are equal by chance: a time of the day, or two words beside the day, tell that it is none.
groups as (

    select
        arg_min(file, (file, line)) as file,
        arg_min(line, (file, line)) as line,
        count(*) as lead_count
    from staged_leads
    where
        fate = 'used' and contact_id is null
        and (
            created_at <> date_trunc('day', created_at)
            or len(list_filter(
                [
                    account_id, channel, source, campaign_id, segment, region, campaign_offer, country, timezone, language_pref,
                    industry, employee_band, title, seniority, budget_band, first_touch_channel, first_touch_source
                ],
                lambda word: word is not null
            )) >= 2
        )
    group by content_but_key
    having count(*) > 1

)

select
    'leads' as extract,
    arg_min(file, (file, line)) as file,
    arg_min(line, (file, line)) as line,
    (sum(lead_count) - count(*))::bigint || ' leads equal an earlier one' as found
from groups
having count(*) > 0
