-- title:  Units that share their account with another
-- grain:  one row per journey, account, week of setting out, channel, source, segment, region, entry age, exit age, ending, and
--   whether its time is known
-- Additive like journey_counts, but only of accounts that hold more than one unit of the journey: what the clustered variance
-- needs beyond the cells (docs/adr/0006). A unit alone in its account is in journey_counts and nowhere else.
select
    journey,
    account_id,
    date_trunc('week', started_on)::date as cohort_week,
    channel,
    source,
    segment,
    region,
    entry_age,
    exit_age,
    ending,
    is_timed,
    count(*)::bigint as unit_count
from (
    select
        *,
        count(*) over (partition by journey, account_id) as account_size
    from journey_rows
    where known_on = $as_of::date and assuming is null and account_id is not null
) as sized
where account_size > 1
group by all
order by all
