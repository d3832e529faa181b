-- title:     Sources by what they bring in the long run
-- stage:     close
-- home:      sources, report
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads of each source, how many are won by the age at which its channel is judged, drawn towards the others.
-- needs:     leads.created_at, leads.source, opportunities.lead_id, opportunities.outcome, opportunities.closed_at
-- horizon:   inbound 180, outbound 540
-- also:      measure, horizon_days, judge_on, effective_count, shrunken, alpha, beta, place, rest_share, p_value, q_value, is_flagged
-- across:    Sources are held against those of their own channel; for outbound a source is a list or a sequence.
-- caveat:    Every row is one source (measure). Order by shrunken, not by the estimate: few leads make extreme rates (empirical Bayes,
--   beta-binomial by moments). With fewer than 5 sources in a channel nothing is drawn towards anything: ranges only.
-- caveat:    place counts only sources with 30 leads old enough. Fewer than 10 old enough: no rate is given.
-- caveat:    is_flagged: differs from the rest of its channel, q below .10 over all sources tested (Benjamini-Hochberg).
-- answers:   S1.67, S1.81
with

at_horizon as (

    select
        slice as source,
        channel,
        age_days,
        events,
        unit_count,
        reached_share,
        reached_se,
        worth,
        few_degrees,
        n_old_enough,
        judge_on,
        -- How many leads without censoring would be as sure of their share: F(1 - F)/Var(F), never more than there are.
        case when n_old_enough >= 10 then clustered_n(reached_share, reached_se ** 2, unit_count, worth) end as effective_count
    from incidence_placed('won', struct_update($scope, slice_by := 'source'), [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

by_channel as (

    select
        channel,
        list(source order by source) as sources,
        shrunken_rates(
            list(reached_share * effective_count order by source), list(effective_count order by source)
        ) as posteriors
    from at_horizon
    where effective_count is not null
    group by channel

),

shrunk as (

    select
        channel,
        unnest(sources) as source,
        unnest(posteriors) as posterior
    from by_channel

),

-- The source against all others of its channel together: a test of two shares, each at the size it is worth.
compared as (

    select
        channel,
        source,
        reached_share as share,
        effective_count as n,
        sum(effective_count) over others as rest_n,
        sum(reached_share * effective_count) over others as rest_x
    from at_horizon
    where n_old_enough >= 30
    window others as (
        partition by channel
        order by source rows between unbounded preceding and unbounded following exclude current row
    )

),

tested as (

    select
        channel,
        source,
        rest_x / nullif(rest_n, 0) as rest_share,
        (share * n + rest_x) / (n + rest_n) as pooled_share,
        two_sided_p(
            (share - rest_x / nullif(rest_n, 0)) / nullif(sqrt(pooled_share * (1 - pooled_share) * (1 / n + 1 / nullif(rest_n, 0))), 0)
        ) as p_value
    from compared

),

flags as (

    select
        unnest(list({'channel': channel, 'source': source} order by channel, source)) as entry,
        unnest(false_discovery_q(list(p_value order by channel, source))) as q_value
    from tested

)

select
    'all' as slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    case when at_horizon.n_old_enough >= 10 then at_horizon.reached_share end as estimate,
    incidence_low(
        case when at_horizon.n_old_enough >= 10 then at_horizon.reached_share end,
        at_horizon.reached_se,
        at_horizon.events,
        at_horizon.worth,
        coalesce(t_of(95, at_horizon.few_degrees), z_of(95))
    ) as low,
    incidence_high(
        case when at_horizon.n_old_enough >= 10 then at_horizon.reached_share end,
        at_horizon.reached_se,
        at_horizon.events,
        at_horizon.worth,
        coalesce(t_of(95, at_horizon.few_degrees), z_of(95))
    ) as high,
    at_horizon.n_old_enough,
    maturity_status(at_horizon.n_old_enough, at_horizon.unit_count) as status,
    source as measure,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.effective_count,
    shrunk.posterior['shrunken'] as shrunken,
    shrunk.posterior['alpha'] as alpha,
    shrunk.posterior['beta'] as beta,
    case when at_horizon.n_old_enough >= 30 then shrunk.posterior['place'] end as place,
    tested.rest_share,
    tested.p_value,
    flags.q_value,
    flags.q_value <= .10 as is_flagged
from at_horizon
left join shrunk using (channel, source)
left join tested using (channel, source)
left join flags on flags.entry['channel'] = channel and flags.entry['source'] = source
