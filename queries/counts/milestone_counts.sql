-- title:  Leads by week, milestone, age and ending
-- grain:  one row per week of creation, channel, source, segment, region, milestone, entry age, exit age and ending
-- Additive: any split of the leads sums to the whole. Kaplan-Meier, Aalen-Johansen, medians and cohort triangles are
-- exact from these daily ages; the statistics never need the rows.
select
    date_trunc('week', created_on)::date as cohort_week,
    channel,
    source,
    segment,
    region,
    milestone,
    entry_age,
    exit_age,
    ending,
    count(*)::bigint as lead_count
from milestones_as_of($as_of::date)
group by all
order by all;
