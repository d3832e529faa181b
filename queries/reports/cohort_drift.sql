-- title:     Do younger leads follow the older ones?
-- stage:     close
-- home:      compare, report
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads created in each quarter, how many are won by 30 and by 90 days of age.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at
-- horizon:   inbound 30, outbound 90
-- also:      age_days, measure, judge_on, drift, p_value, is_drifting
-- across:    Each channel is held against its own earlier quarters, not against the other channel.
-- caveat:    A quarter holds the weeks that begin in it. Its leads may be too young; then the day on which they can be read is given.
-- caveat:    The curves of all other reports pool the quarters: they assume that leads of every quarter are won at the same pace.
-- caveat:    The row all quarters carries the log-rank test for a drift over the quarters (1 rising, -1 falling); is_drifting at
--   p below .05. Where it drifts, read the latest quarter that is old enough, and the tail of a curve as that of older leads.
-- answers:   S1.47, S1.59
with

by_quarter as (

    select *
    from incidence_at(
        'won', struct_update($scope, slice_by := 'quarter'), list_distinct([$horizon['inbound'], $horizon['outbound']])
    )

),

all_quarters as (

    select *
    from incidence_at(
        'won', struct_update($scope, slice_by := null::varchar), list_distinct([$horizon['inbound'], $horizon['outbound']])
    )

),

drifts as (

    select
        channel,
        case when chi2 is not null then drift end as drift,
        two_sided_p(sqrt(chi2)) as p_value
    from logrank_drift_of('won', struct_update($scope, slice_by := 'quarter'))

)

select
    'all' as slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    age_days,
    slice as measure,
    judge_on,
    null::integer as drift,
    null::double as p_value,
    null::boolean as is_drifting
from by_quarter

union all

select
    'all' as slice,
    channel,
    all_quarters.events as numerator,
    all_quarters.unit_count as denominator,
    all_quarters.share as estimate,
    all_quarters.low,
    all_quarters.high,
    all_quarters.n_old_enough,
    all_quarters.status,
    all_quarters.age_days,
    'all quarters' as measure,
    all_quarters.judge_on,
    drifts.drift,
    drifts.p_value,
    drifts.p_value < .05 as is_drifting
from all_quarters
left join drifts using (channel)
