-- title:     Predictability
-- stage:     operations
-- home:      compare, beside
-- rows:      weekly_counts
-- headline:  both
-- unit:      index
-- of:        weeks
-- first:     week to week
-- direction: lower_is_better
-- reads:     How much the number of new opportunities moves from week to week; 1 is what pure chance alone would give.
-- needs:     opportunities.created_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities
-- horizon:   none
-- also:      measure, first_week_on, last_week_on, weekly_mean, weekly_variance
-- across:    The index has chance at 1 whatever the volume, so both channels may be compared, at the same weeks.
-- caveat:    Complete weeks only, from Monday to Sunday and over before the as-of date; 26 of them are needed.
-- caveat:    Weeks without an opportunity count. They begin with the week after the channel's first opportunity.
-- caveat:    Opportunities as created, accepted or not. The second line leaves a steady rise or fall out; seasons stay in.
-- caveat:    A closed form stands for resampling in blocks of weeks: where weeks hang together the range is too narrow.
-- counter:   efficiency
-- answers:   S1.90
with

opportunities as (

    select
        slice,
        channel,
        date_trunc('week', created_on)::date as week_on
    from scope_opportunities($scope)

),

-- The week that as_of ends in is complete only on the next day; what arrives today changes nothing.
spans as (

    select
        slice,
        channel,
        greatest(
            min(week_on) + 7,
            coalesce(date_trunc('week', $scope['from_on']::date + 6)::date, min(week_on) + 7)
        ) as first_week_on,
        date_trunc('week', least($scope['as_of']::date, coalesce($scope['to_on']::date + 1, $scope['as_of']::date)))::date - 7
            as last_week_on
    from opportunities
    group by slice, channel

),

weeks as (

    select
        slice,
        channel,
        first_week_on,
        last_week_on,
        unnest(generate_series(first_week_on, last_week_on, interval 7 day))::date as week_on
    from spans

),

weekly_counts as (

    select
        slice,
        channel,
        weeks.week_on,
        weeks.first_week_on,
        weeks.last_week_on,
        date_diff('day', weeks.first_week_on, weeks.week_on) // 7 as week_number,
        count(opportunities.week_on) as opportunity_count
    from weeks
    left join opportunities using (slice, channel, week_on)
    group by all

),

-- Sums of whole numbers: exact in any order of the rows.
sums as (

    select
        slice,
        channel,
        first_week_on,
        last_week_on,
        count(*) as week_count,
        sum(opportunity_count)::bigint as opportunity_count,
        sum(opportunity_count * opportunity_count)::bigint as square_sum,
        sum(week_number)::bigint as week_sum,
        sum(week_number * week_number)::bigint as week_square_sum,
        sum(week_number * opportunity_count)::bigint as cross_sum
    from weekly_counts
    group by all

),

deviations as (

    select
        *,
        safe_ratio(opportunity_count, week_count) as weekly_mean,
        square_sum - safe_ratio(opportunity_count * opportunity_count, week_count) as square_deviation,
        week_square_sum - safe_ratio(week_sum * week_sum, week_count) as week_deviation,
        cross_sum - safe_ratio(week_sum * opportunity_count, week_count) as cross_deviation
    from sums

),

-- Variance over mean is 1 for a Poisson count of any size, so a small channel is not called unsteady for being small.
measured as (

    select
        *,
        'week to week' as measure,
        week_count - 1 as freedom,
        safe_ratio(square_deviation, week_count - 1) as weekly_variance
    from deviations
    union all
    select
        *,
        'week to week, around a straight line' as measure,
        week_count - 2 as freedom,
        safe_ratio(greatest(0, square_deviation - safe_ratio(cross_deviation ** 2, week_deviation)), week_count - 2)
            as weekly_variance
    from deviations

),

-- Chi-square limits of a variance; the quantile by Wilson and Hilferty (1931, PNAS 17, 684): k (1 - 2/(9k) + z sqrt(2/(9k)))^3.
limits as (

    select
        *,
        week_count >= 26 and opportunity_count > 0 as is_given,
        safe_ratio(weekly_variance, weekly_mean) as dispersion,
        freedom * (1 - 2 / (9.0 * freedom) + z_of(95) * sqrt(2 / (9.0 * greatest(freedom, 1)))) ** 3 as chi_high,
        freedom * (1 - 2 / (9.0 * freedom) - z_of(95) * sqrt(2 / (9.0 * greatest(freedom, 1)))) ** 3 as chi_low
    from measured

)

select
    slice,
    channel,
    opportunity_count as numerator,
    week_count as denominator,
    case when is_given then dispersion end as estimate,
    case when is_given then dispersion * freedom / chi_high end as low,
    case when is_given then dispersion * freedom / chi_low end as high,
    week_count as n_old_enough,
    case when opportunity_count > 0 then event_status(week_count, 26) else 'too_few' end as status,
    measure,
    first_week_on,
    last_week_on,
    case when is_given then weekly_mean end as weekly_mean,
    case when is_given then weekly_variance end as weekly_variance
from limits
