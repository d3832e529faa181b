-- title:     Forecast stability
-- stage:     opportunity
-- home:      pipeline, headline
-- rows:      (select slice, channel, opportunity_id, starts_on as quarter_on, line['measure'] as measure, line['part'] as part,
--            line['whole'] as whole from parts
--            union all by name
--            select slice, channel, opportunity_id, starts_on as quarter_on, 'slip_days' as measure, slip_days
--            from involved inner join judged_quarters using (slice, channel, starts_on) where was_expected and slip_days is not null)
-- headline:  outbound
-- unit:      ratio
-- of:        booked value
-- first:     absolute_error
-- direction: lower_is_better
-- reads:     How far the commit of six weeks before quarter end lay from what was booked, as a share of what was booked.
-- needs:     opportunity_changes.changed_at, opportunity_changes.expected_close, opportunity_changes.amount,
--            opportunity_changes.forecast_category, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity
-- windows:   opportunity_changes, closings
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      measure, quarter_count, quarter_low, quarter_high, first_quarter_on, last_quarter_on, currency
-- across:    A small channel is noisier: compare shares of what was booked, with their intervals, never amounts.
-- caveat:    Commit on a day: won in the quarter so far, and open opportunities in the category commit that are expected to close
--   in it, both as recorded on that day. The opportunities as they stand now are never used for it.
-- caveat:    absolute_error adds up misses of both signs, bias lets them cancel; churn is the sum of weekly changes of the commit
--   over bookings; push_rate is of opportunities expected at the end of week 1; slip_days is their median delay in days.
-- caveat:    Completed quarters since the recording began with 20 opportunities or more; fewer than four say nothing. The
--   interval rests on the opportunities; quarter_low and quarter_high are the range over quarters.
-- answers:   S1.58, S0.22
with

recording as (

    select
        min(changed_on) as recorded_from,
        generate_series(date_trunc('quarter', min(changed_on))::timestamp, $scope['as_of']::timestamp, interval 3 month) as starts
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date

),

possible_quarters as (

    select
        recorded_from,
        unnest(starts)::date as starts_on,
        (unnest(starts) + interval 3 month)::date - 1 as ends_on
    from recording

),

-- Over by as_of, and recorded from their first week on.
quarters as (

    select *
    from possible_quarters
    where
        ends_on <= $scope['as_of']::date
        and recorded_from <= starts_on + 6
        and starts_on >= coalesce($scope['from_on']::date, starts_on)
        and ends_on <= coalesce($scope['to_on']::date, ends_on)

),

-- The ends of the weeks, six weeks before the end, and the end of the quarter.
looks as (

    select distinct
        starts_on,
        ends_on,
        unnest(list_distinct(list_append(list_append(
            list_transform(range(6, ends_on - starts_on + 1, 7), lambda days: starts_on + days::integer), ends_on - 42
        ), ends_on))) as seen_on
    from quarters

),

deals as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        opportunities.opportunity_id,
        opportunities.currency,
        coalesce(opportunities.amount, opportunities.acv, 0) as booked_amount,
        opportunities.outcome = 'won' as is_won,
        case when opportunities.outcome <> 'open' then opportunities.closed_on end as closed_on
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        opportunities.created_on <= $scope['as_of']::date
        and leads.created_on <= $scope['as_of']::date
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)

),

-- A row may name only what changed: the rest stays as it was. The last row of a day is the state of that day.
filled as (

    select
        opportunity_id,
        changed_on,
        last_value(amount ignore nulls) over so_far as amount,
        last_value(expected_close_on ignore nulls) over so_far as expected_on,
        last_value(fold(forecast_category) ignore nulls) over so_far as category,
        row_number() over (
            partition by opportunity_id, changed_on order by changed_at desc, amount desc, expected_close_on desc, forecast_category desc
        ) as place
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date
    window so_far as (
        partition by opportunity_id
        order by changed_on, changed_at, amount, expected_close_on, forecast_category
        rows between unbounded preceding and current row
    )

),

-- The state on a day is the last row at or before it.
seen as (

    select
        deals.*,
        looks.starts_on,
        looks.ends_on,
        looks.seen_on,
        states.expected_on,
        coalesce(deals.closed_on > looks.seen_on, true) as is_open,
        coalesce(states.expected_on between looks.starts_on and looks.ends_on, false) as is_expected,
        case
            when deals.closed_on <= looks.seen_on
                then case when deals.is_won and deals.closed_on >= looks.starts_on then deals.booked_amount else 0 end
            when states.category in ('commit', 'committed') and states.expected_on between looks.starts_on and looks.ends_on
                then coalesce(states.amount, 0)
            else 0
        end as commit_amount
    from deals
    cross join looks
    asof inner join (select * from filled where place = 1) as states
        on deals.opportunity_id = states.opportunity_id and looks.seen_on >= states.changed_on
    where coalesce(deals.closed_on >= looks.starts_on, true)

),

by_deal as (

    select
        slice,
        channel,
        starts_on,
        opportunity_id,
        any_value(currency) as currency,
        any_value(case when is_won and closed_on between starts_on and ends_on then booked_amount else 0 end) as booked_amount,
        coalesce(max(commit_amount) filter (where seen_on = ends_on - 42), 0) as forecast_amount,
        max(commit_amount) > 0 as is_committed,
        coalesce(bool_or(is_open and is_expected) filter (where seen_on = starts_on + 6), false) as was_expected,
        coalesce(bool_or(is_open and expected_on > ends_on) filter (where seen_on = ends_on), false) as is_moved_out,
        max(case when is_won and not is_open then closed_on when is_open then expected_on end) filter (where seen_on = ends_on)
        - max(expected_on) filter (where seen_on = starts_on + 6) as slip_days
    from seen
    group by slice, channel, starts_on, opportunity_id

),

involved as (

    select *
    from by_deal
    where booked_amount > 0 or is_committed or was_expected

),

-- Twenty opportunities make a quarter that can be judged. The sign says which way its commit missed.
judged_quarters as (

    select
        slice,
        channel,
        starts_on,
        sign(sum(forecast_amount) - sum(booked_amount))::integer as miss_sign
    from involved
    group by slice, channel, starts_on
    having count(*) >= 20

),

-- Week to week within a quarter: each opportunity's part of the change, signed as the whole commit moved.
weekly as (

    select
        slice,
        channel,
        starts_on,
        opportunity_id,
        seen_on,
        commit_amount - coalesce(
            lag(commit_amount) over (partition by slice, channel, starts_on, opportunity_id order by seen_on), 0
        ) as moved_amount
    from seen
    where (seen_on - starts_on - 6) % 7 = 0

),

weekly_signs as (

    select
        slice,
        channel,
        starts_on,
        seen_on,
        sign(sum(moved_amount))::integer as move_sign
    from weekly
    where seen_on > starts_on + 6
    group by slice, channel, starts_on, seen_on

),

churned as (

    select
        slice,
        channel,
        starts_on,
        opportunity_id,
        sum(weekly.moved_amount * weekly_signs.move_sign) as churn_amount
    from weekly
    inner join weekly_signs using (slice, channel, starts_on, seen_on)
    group by slice, channel, starts_on, opportunity_id

),

parts as (

    select
        slice,
        channel,
        starts_on,
        opportunity_id,
        unnest([
            {
                'measure': 'absolute_error',
                'part': (involved.forecast_amount - involved.booked_amount) * judged_quarters.miss_sign,
                'whole': involved.booked_amount
            },
            {
                'measure': 'bias',
                'part': involved.forecast_amount - involved.booked_amount,
                'whole': involved.booked_amount
            },
            {'measure': 'churn', 'part': coalesce(churned.churn_amount, 0), 'whole': involved.booked_amount},
            {
                'measure': 'push_rate',
                'part': (involved.was_expected and involved.is_moved_out)::integer,
                'whole': involved.was_expected::integer
            },
        ]::struct(measure varchar, part decimal(18, 2), whole decimal(18, 2))[]) as line
    from involved
    inner join judged_quarters using (slice, channel, starts_on)
    left join churned using (slice, channel, starts_on, opportunity_id)

),

-- One opportunity may stand in several quarters: it is one cluster.
by_cluster as (

    select
        slice,
        channel,
        line['measure'] as measure,
        opportunity_id,
        sum(line['part'])::decimal(18, 2) as part,
        sum(line['whole'])::decimal(18, 2) as whole,
        count(*) as part_count
    from parts
    group by slice, channel, line['measure'], opportunity_id

),

quarter_ratios as (

    select
        slice,
        channel,
        line['measure'] as measure,
        starts_on,
        safe_ratio(sum(line['part']), sum(line['whole'])) as ratio
    from parts
    group by slice, channel, line['measure'], starts_on

),

ranges as (

    select
        slice,
        channel,
        measure,
        count(*) as quarter_count,
        min(ratio) as quarter_low,
        max(ratio) as quarter_high,
        min(starts_on) as first_quarter_on,
        max(starts_on) as last_quarter_on
    from quarter_ratios
    group by slice, channel, measure

),

totals as (

    select
        slice,
        channel,
        measure,
        sum(part_count)::bigint as part_count,
        count(*) filter (where part <> 0 or whole <> 0) as cluster_count,
        sum(part)::double as part,
        sum(whole)::double as whole,
        safe_ratio(sum(part), sum(whole)) as ratio,
        sum(part::decimal(38, 4) * part)::double as part_squares,
        sum(part::decimal(38, 4) * whole)::double as cross_products,
        sum(whole::decimal(38, 4) * whole)::double as whole_squares
    from by_cluster
    group by slice, channel, measure

),

-- Linearised variance of a ratio of sums: each opportunity adds the square of part - ratio x whole, multiplied out.
errors as (

    select
        *,
        greatest(0, part_squares - 2 * ratio * cross_products + ratio ** 2 * whole_squares)
        * safe_ratio(cluster_count, cluster_count - 1) / nullif(whole, 0) ** 2 as variance
    from totals

),

limits as (

    select
        *,
        case
            when measure = 'push_rate'
                then wilson_low(
                    ratio * clustered_n(ratio, variance, whole, cluster_count), clustered_n(ratio, variance, whole, cluster_count), z_of(95)
                )
            when measure = 'bias' then ratio - z_of(95) * sqrt(variance)
            else greatest(0, ratio - z_of(95) * sqrt(variance))
        end as low,
        case
            when measure = 'push_rate'
                then wilson_high(
                    ratio * clustered_n(ratio, variance, whole, cluster_count), clustered_n(ratio, variance, whole, cluster_count), z_of(95)
                )
            else ratio + z_of(95) * sqrt(variance)
        end as high
    from errors

),

currencies as (

    select
        slice,
        channel,
        count(distinct currency) > 1 as is_mixed,
        min(currency) as currency
    from involved
    group by slice, channel

),

delays as (

    select
        slice,
        channel,
        list(involved.slip_days order by involved.slip_days) as ordered_days,
        count(*) as slip_count
    from involved
    inner join judged_quarters using (slice, channel, starts_on)
    where involved.was_expected and involved.slip_days is not null
    group by slice, channel

),

-- Delays are skewed: their median, with an interval between two of them. Lost opportunities were not delayed.
slips as (

    select
        *,
        binomial_rank(slip_count, .5, .025) as low_rank
    from delays

),

-- Four quarters are needed to speak of stability at all; no bookings, no share of them.
ratios as (

    select
        slice,
        channel,
        limits.measure,
        limits.part,
        limits.whole,
        limits.ratio,
        limits.low,
        limits.high,
        limits.part_count,
        case when not currencies.is_mixed then currencies.currency end as currency,
        ranges.* exclude (slice, channel, measure),
        case
            when currencies.is_mixed and limits.measure <> 'push_rate' then 'not_available'
            when ranges.quarter_count < 4 or limits.ratio is null then 'too_few'
            else 'ok'
        end as status
    from limits
    inner join ranges using (slice, channel, measure)
    inner join currencies using (slice, channel)

)

select
    slice,
    channel,
    case when status <> 'not_available' then part end as numerator,
    case when status <> 'not_available' then whole end as denominator,
    case when status = 'ok' then ratio end as estimate,
    case when status = 'ok' then low end as low,
    case when status = 'ok' then high end as high,
    part_count as n_old_enough,
    status,
    measure,
    quarter_count,
    case when status = 'ok' then quarter_low end as quarter_low,
    case when status = 'ok' then quarter_high end as quarter_high,
    first_quarter_on,
    last_quarter_on,
    currency
from ratios

union all

select
    slice,
    channel,
    null as numerator,
    slips.slip_count as denominator,
    case when ranges.quarter_count >= 4 then list_aggregate(slips.ordered_days, 'quantile_cont', .5) end as estimate,
    case when ranges.quarter_count >= 4 and slips.low_rank > 0 then slips.ordered_days[slips.low_rank] end as low,
    case when ranges.quarter_count >= 4 and slips.low_rank > 0 then slips.ordered_days[slips.slip_count + 1 - slips.low_rank] end as high,
    slips.slip_count as n_old_enough,
    case when ranges.quarter_count >= 4 then 'ok' else 'too_few' end as status,
    'slip_days' as measure,
    ranges.quarter_count,
    null as quarter_low,
    null as quarter_high,
    ranges.first_quarter_on,
    ranges.last_quarter_on,
    null as currency
from slips
inner join ranges using (slice, channel)
where ranges.measure = 'push_rate'
