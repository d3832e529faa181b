-- title:     Sources early and late
-- stage:     close
-- home:      inbound, report
-- rows:      (select *, 'meeting' as measure
--            from journey_units('meeting', struct_update($scope, slice_by := 'source'), every_channel(setting_early_age()))
--            union all by name
--            select *, 'won' as measure from journey_units('won', struct_update($scope, slice_by := 'source'), $horizon))
-- headline:  none
-- unit:      index
-- of:        leads
-- first:     won
-- direction: higher_is_better
-- reads:     How the leads of a source fare beside all leads of their channel, early (a meeting) and late (a win): 1 is like all of them.
-- needs:     leads.created_at, leads.source, meetings.held_at, opportunities.lead_id, opportunities.outcome,
--   opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      measure, horizon_days, judge_on, low_99, high_99, share, share_low, share_high, all_share
-- across:    A source is compared with its own channel only.
-- caveat:    A source is itself part of all leads of its channel: the range takes account of that.
-- caveat:    Fewer than 5 events give no comparison.
-- caveat:    With many sources some stand out by chance: only a range of 99 % that excludes 1 is put into words.
-- answers:   S1.22, S1.28, S1.67
with

-- The early age is that of the early-stage conversion; the late one is the age asked for.
by_source as (

    select
        'meeting' as measure,
        *
    from incidence_at('meeting', struct_update($scope, slice_by := 'source'), [setting_early_age()])
    union all
    select
        'won' as measure,
        *
    from incidence_at('won', struct_update($scope, slice_by := 'source'), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

all_sources as (

    select
        'meeting' as measure,
        *
    from incidence_at('meeting', struct_update($scope, slice_by := null::varchar), [setting_early_age()])
    union all
    select
        'won' as measure,
        *
    from incidence_at('won', struct_update($scope, slice_by := null::varchar), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

gated as (

    select
        by_source.*,
        all_sources.share as all_share,
        all_sources.share_se as all_se,
        by_source.unit_count / all_sources.unit_count::double as part_of_all,
        case
            when by_source.status in ('ok', 'provisional') and by_source.events < 5 then 'too_few' else by_source.status
        end as gated_status
    from by_source
    inner join all_sources using (measure, channel)

),

-- Delta method for ln(share / share of all). The source is the part w of all leads, so the two go together: covariance
-- w x its own variance. The pooled variance holds that between sources too, so the range errs on the wide side.
ratios as (

    select
        *,
        case when gated_status in ('ok', 'provisional') then safe_ratio(share, all_share) end as ratio,
        sqrt(
            greatest(
                0,
                safe_ratio(share_se ** 2, share ** 2)
                - 2 * part_of_all * safe_ratio(share_se ** 2, share * all_share)
                + safe_ratio(all_se ** 2, all_share ** 2)
            )
        ) as log_se
    from gated

)

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    ratio as estimate,
    ratio * exp(-z_of(95) * log_se) as low,
    ratio * exp(z_of(95) * log_se) as high,
    n_old_enough,
    gated_status as status,
    measure,
    age_days as horizon_days,
    judge_on,
    ratio * exp(-z_of(99) * log_se) as low_99,
    ratio * exp(z_of(99) * log_se) as high_99,
    share,
    low as share_low,
    high as share_high,
    all_share
from ratios
