-- title:     Became an opportunity, week by week
-- stage:     opportunity
-- home:      review, report
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads of each week of creation, how many became an opportunity by the age at which their channel is judged.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.created_at
-- horizon:   inbound 45, outbound 120
-- also:      horizon_days, judge_on, measure, week_on, center, lower_limit, upper_limit, is_outside
-- across:    Read each channel against its own weeks.
-- answers:   S0.19
select
    slice,
    channel,
    case when is_mature then reached_count end as numerator,
    lead_count as denominator,
    share as estimate,
    case when share is not null then wilson_low(reached_count, lead_count, z_of(95)) end as low,
    case when share is not null then wilson_high(reached_count, lead_count, z_of(95)) end as high,
    old_count as n_old_enough,
    case when is_mature then sample_status(lead_count) else 'too_early' end as status,
    horizon_days,
    judge_on,
    strftime(week_on, '%G-W%V') as measure,
    week_on,
    center,
    lower_limit,
    upper_limit,
    share < lower_limit or share > upper_limit as is_outside
from scope_weeks('opportunity', $scope, $horizon)
