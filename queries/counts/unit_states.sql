-- title:  Units of the journeys that do not begin with the lead, by the day they set out, age and ending
-- grain:  one row per journey, channel, source, segment, region, day of setting out, account that several units share, entry
--   age, exit age, ending, and whether its time is known
-- Additive: any split of the units sums to the whole. Journeys that begin with the lead need no table: lead_events tells them.
select
    journey,
    channel,
    source,
    segment,
    region,
    started_on,
    ages_per_day,
    account,
    coalesce(is_crowd, false) as is_crowd,
    entry_age,
    exit_age,
    ending,
    is_timed,
    count(*)::bigint as unit_count,
    sum(amount) as amount_sum,
    sum(amount::decimal(38, 4) * amount) as amount_square_sum
from journey_rows
left join (
    select
        journey,
        account_id,
        row_number() over (partition by journey order by account_id)::integer as account,
        is_crowd_of(count(*), max(entry_age)) as is_crowd
    from journey_rows
    where known_on = $as_of::date and assuming is null and account_id is not null
    group by journey, account_id
    having count(*) > 1
) as shared using (journey, account_id)
where known_on = $as_of::date and assuming is null and not is_of_leads(journey)
group by all
order by all
