-- title:  Units by journey, week, age and ending
-- grain:  one row per journey, week of setting out, channel, source, segment, region, entry age, exit age, ending, and
--   whether its time is known
-- Additive: any split of the units sums to the whole. Kaplan-Meier, Aalen-Johansen, mean cumulative value, medians and
-- cohort triangles are exact from these ages; the statistics never need the rows.
select
    journey,
    date_trunc('week', started_on)::date as cohort_week,
    channel,
    source,
    segment,
    region,
    entry_age,
    exit_age,
    ending,
    is_timed,
    count(*)::bigint as unit_count,
    sum(amount) as amount_sum,
    sum(amount::decimal(38, 4) * amount) as amount_square_sum
from journey_rows
where known_on = $as_of::date and assuming is null
group by all
order by all
