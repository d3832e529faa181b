-- title:     Sources: keep, fix or stop
-- stage:     close
-- home:      sources, report
-- rows:      journey_units('won', struct_update($scope, slice_by := 'source'), $horizon)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads of each source, how many are won by the age at which their channel is judged, and what that says of the source.
-- needs:     leads.created_at, leads.source, meetings.held_at, opportunities.lead_id, opportunities.outcome,
--   opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      measure, horizon_days, judge_on, verdict, raw_share, shrunken, alpha, beta, place, source_count, early_share, early_low,
--   early_high, early_days, early_band, late_band, late_q, value, value_low, value_high, currency, cost_per_lead, is_worth_less,
--   drop_count, repairable_reason, repairable_share
-- across:    A source is compared with the other sources of its own channel at its channel's age, never across channels.
-- caveat:    Bands: A above the other sources of the channel, C below them, B not told apart; by a score test of the source against
--   all, screened over the whole table (Benjamini-Hochberg, 10 of 100 flags may be false). Each needs 100 leads old enough.
-- caveat:    Verdict: too early under 100 leads old enough; stop if late band C and worth less than it costs (the upper limit of its value,
--   or no win at all); fix if late band C but early band A, or if one repairable reason explains 30 of 100 drop-outs; else keep.
-- caveat:    Shrunken: drawn to the mean of the channel's sources the more, the fewer leads stand behind it (beta-binomial, at least
--   five sources). Sources with fewer than 30 leads old enough are shrunken but not ranked, those with fewer than 10 withheld.
-- caveat:    Cost per lead is that of whole months with spend, in the currency of the spend. Thresholds are settings (sources).
-- answers:   S1.22, S1.28, S1.67, S1.81
with


at_age as (

    select
        'early' as part,
        *
    from incidence_at('meeting', struct_update($scope, slice_by := 'source'), [setting_early_age()])
    union all
    select
        'late' as part,
        *
    from incidence_at('won', struct_update($scope, slice_by := 'source'), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

-- Also where too few are old enough to show a share: shrinkage is made for them.
curves as (

    select
        'early' as part,
        slice,
        channel,
        max_by(reached_share, age_days) as share,
        max_by(reached_se, age_days) as share_se
    from incidence_curve('meeting', struct_update($scope, slice_by := 'source'))
    where age_days <= setting_early_age()
    group by slice, channel
    union all
    select
        'late' as part,
        slice,
        channel,
        max_by(reached_share, age_days) as share,
        max_by(reached_se, age_days) as share_se
    from incidence_curve('won', struct_update($scope, slice_by := 'source'))
    where age_days <= horizon_of($horizon, channel)
    group by slice, channel

),

-- A share that rests on censored leads is worth as many followed ones as would give it the same variance.
sized as (

    select
        at_age.*,
        coalesce(curves.share, 0) as raw_share,
        case
            when curves.share > 0 and curves.share < 1 and curves.share_se > 0
                then curves.share * (1 - curves.share) / curves.share_se ** 2
            else at_age.n_old_enough
        end as worth_count
    from at_age
    left join curves using (part, slice, channel)

),

totals as (

    select
        part,
        channel,
        sum(raw_share * worth_count order by slice) / nullif(sum(worth_count order by slice), 0) as all_share,
        sum(worth_count order by slice) as all_count
    from sized
    where n_old_enough > 0
    group by part, channel

),

-- Score test of a part against the whole: the variance is that of no difference, so that a source without any win can be told
-- to lie below. Five expected events make the normal distribution good enough.
tested as (

    select
        sized.*,
        case
            when
                sized.n_old_enough >= coalesce(setting('sources.old_enough'), 100)
                and totals.all_count > sized.worth_count
                and totals.all_share < 1
                and sized.worth_count * totals.all_share >= 5
                then
                    (sized.raw_share - totals.all_share)
                    / sqrt(totals.all_share * (1 - totals.all_share) * (1 / sized.worth_count - 1 / totals.all_count))
        end as z
    from sized
    left join totals using (part, channel)

),

screened as (

    select
        part,
        unnest(slices) as slice,
        unnest(channels) as channel,
        unnest(false_discovery_q(p_values)) as q
    from (
        select
            part,
            list(slice order by channel, slice) as slices,
            list(channel order by channel, slice) as channels,
            list(two_sided_p(z) order by channel, slice) as p_values
        from tested
        group by part
    ) as tests

),

banded as (

    select
        tested.*,
        screened.q,
        case
            when tested.z is null then null
            when screened.q <= coalesce(setting('sources.false_flags'), .1) then case when tested.z > 0 then 'A' else 'C' end
            else 'B'
        end as band
    from tested
    inner join screened using (part, slice, channel)

),

drawn_together as (

    select
        channel,
        unnest(slices) as slice,
        unnest(rates) as posterior,
        len(slices) as source_count
    from (
        select
            channel,
            list(slice order by slice) as slices,
            shrunken_rates(list(raw_share * worth_count order by slice), list(worth_count order by slice)) as rates
        from sized
        where part = 'late' and n_old_enough >= 10
        group by channel
    ) as by_channel

),

places as (

    select
        drawn_together.*,
        case
            when sized.n_old_enough >= 30 and posterior['alpha'] is not null
                then rank() over (
                    partition by drawn_together.channel, sized.n_old_enough >= 30 order by posterior['shrunken'] desc
                )
        end as place
    from drawn_together
    inner join sized on drawn_together.slice = sized.slice and drawn_together.channel = sized.channel and sized.part = 'late'

),

amounts as (

    select
        slice,
        channel,
        events,
        case when status in ('ok', 'provisional') and events >= 5 then mean_amount end as value,
        case when status in ('ok', 'provisional') and events >= 5 then low end as value_low,
        case when status in ('ok', 'provisional') and events >= 5 then high end as value_high
    from value_at('won', struct_update($scope, slice_by := 'source'), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

currencies as (

    select
        slice,
        channel,
        count(distinct currency) as currency_count,
        min(currency) as currency
    from scope_won_deals(struct_update($scope, slice_by := 'source'))
    where acv is not null
    group by slice, channel

),

drop_outs as (

    select
        source as slice,
        channel,
        coalesce(fold(disqualified_reason), 'noreasongiven') as reason_key,
        min(lower(regexp_replace(trim(disqualified_reason), '[\s_\-]+', ' ', 'g'))) as reason,
        count(*) as lead_count
    from scope_leads($scope)
    where won_on is null and lost_on is not null and (opportunity_on is null or disqualified_on = lost_on)
    group by source, channel, coalesce(fold(disqualified_reason), 'noreasongiven')

),

-- One repairable reason stands for the source: the one with the most leads, of two alike the first by name.
reasons as (

    select
        slice,
        channel,
        sum(lead_count)::bigint as drop_count,
        arg_max(reason, struct_pack(lead_count, reason_key)) filter (where is_repairable) as repairable_reason,
        max(lead_count) filter (where is_repairable) / sum(lead_count)::double as repairable_share
    from (
        select
            *,
            list_contains(setting_list('sources.repairable_reasons'), reason_key) as is_repairable
        from drop_outs
    ) as marked
    group by slice, channel

),

gathered as (

    select
        late.*,
        early.share as early_share,
        early.low as early_low,
        early.high as early_high,
        early.age_days as early_days,
        early.band as early_band,
        places.posterior,
        places.place,
        places.source_count,
        case when coalesce(currencies.currency_count, 0) <= 1 then amounts.value end as value,
        case when coalesce(currencies.currency_count, 0) <= 1 then amounts.value_low end as value_low,
        case when coalesce(currencies.currency_count, 0) <= 1 then amounts.value_high end as value_high,
        case when currencies.currency_count = 1 then currencies.currency end as currency,
        safe_ratio(costs.cost_amount, costs.lead_count) as cost_per_lead,
        coalesce(reasons.drop_count, 0) as drop_count,
        case when reasons.drop_count >= 30 then reasons.repairable_reason end as repairable_reason,
        case when reasons.drop_count >= 30 then reasons.repairable_share end as repairable_share
    from banded as late
    left join banded as early on late.slice = early.slice and late.channel = early.channel and early.part = 'early'
    left join places on late.slice = places.slice and late.channel = places.channel
    left join amounts on late.slice = amounts.slice and late.channel = amounts.channel
    left join currencies on late.slice = currencies.slice and late.channel = currencies.channel
    left join source_costs($scope) as costs on late.slice = costs.source and late.channel = costs.channel
    left join reasons on late.slice = reasons.slice and late.channel = reasons.channel
    where late.part = 'late'

),

judged as (

    select
        *,
        case
            when cost_per_lead is null then null
            when events = 0 then n_old_enough >= coalesce(setting('sources.old_enough'), 100)
            else value_high < cost_per_lead
        end as is_worth_less
    from gathered

)

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    slice as measure,
    age_days as horizon_days,
    judge_on,
    case
        when n_old_enough < coalesce(setting('sources.old_enough'), 100) then 'too early'
        when band = 'C' and coalesce(is_worth_less, false) then 'stop'
        when
            (band = 'C' and coalesce(early_band = 'A', false))
            or coalesce(repairable_share >= coalesce(setting('sources.repairable_share'), .3), false)
            then 'fix'
        else 'keep'
    end as verdict,
    case when n_old_enough >= 10 then raw_share end as raw_share,
    posterior['shrunken'] as shrunken,
    posterior['alpha'] as alpha,
    posterior['beta'] as beta,
    place,
    source_count,
    early_share,
    early_low,
    early_high,
    early_days,
    early_band,
    band as late_band,
    q as late_q,
    value,
    value_low,
    value_high,
    currency,
    cost_per_lead,
    is_worth_less,
    drop_count,
    repairable_reason,
    repairable_share
from judged
