-- title:     Dials per staffed hour
-- stage:     reach
-- home:      operations, diagnostic
-- rows:      by_day
-- counter:   efficiency
-- headline:  none
-- unit:      per_unit
-- of:        staffed hours
-- per:       per staffed hour
-- direction: none
-- reads:     How many dials are made in a staffed hour.
-- needs:     calls.started_at, calls.direction, capacity.date, capacity.staffed_min
-- links:     none
-- windows:   calls, capacity
-- horizon:   none
-- also:      day_count, dials_without_capacity
-- across:    Activity only, never quality. Staffed hours are not kept by channel: each channel's dials are set against all of them, so
--   the channels add up and are not compared.
-- caveat:    The easiest figure of all to raise without reaching anybody: read it beside the conversations and their outcomes.
-- caveat:    Only days with staffed minutes count; dials of other days are counted beside the rate. A call without a direction counts
--   as a dial.
-- caveat:    The limits are on the log scale, from the spread between days, and never narrower than those of a pure count (Poisson).
-- answers:   S0.35, S0.17
with

staffed_days as (

    select
        worked_on,
        sum(staffed_min::decimal(18, 2)) as staffed_minutes
    from snapshot.fact_capacity
    where
        worked_on <= $scope['as_of']::date
        and in_days($scope, worked_on)
    group by worked_on
    having sum(staffed_min) > 0

),

dials as (

    select
        slice,
        channel,
        started_on,
        count(*) as dial_count
    from scope_calls($scope)
    where direction is distinct from 'inbound'
    group by slice, channel, started_on

),

groups as (

    select
        dials.slice,
        dials.channel,
        coalesce(sum(dials.dial_count) filter (where staffed_days.worked_on is null), 0)::bigint as dials_without_capacity
    from dials
    left join staffed_days on dials.started_on = staffed_days.worked_on
    group by dials.slice, dials.channel

),

-- A staffed day without a dial counts with 0.
by_day as (

    select
        groups.slice,
        groups.channel,
        staffed_days.worked_on,
        staffed_days.staffed_minutes,
        coalesce(dials.dial_count, 0) as dial_count
    from groups
    cross join staffed_days
    left join dials
        on groups.slice = dials.slice and groups.channel = dials.channel and staffed_days.worked_on = dials.started_on

),

-- Sums of whole numbers and of decimals, which have no order.
totals as (

    select
        slice,
        channel,
        count(*) as day_count,
        sum(dial_count)::bigint as dial_count,
        sum(staffed_minutes)::double / 60 as staffed_hours,
        sum(dial_count * dial_count)::double as dial_squares,
        sum(dial_count * staffed_minutes)::double / 60 as products,
        sum(staffed_minutes * staffed_minutes)::double / 3600 as hour_squares
    from by_day
    group by slice, channel

),

rates as (

    select
        *,
        dial_count / staffed_hours as rate
    from totals

),

-- Quasi-Poisson: the spread of the days' dials around rate x hours, and at least that of a Poisson count.
spread as (

    select
        *,
        staffed_hours >= minimum('hours') as is_shown,
        sqrt(
            greatest(
                dial_count,
                coalesce(
                    day_count / nullif(day_count - 1, 0) * (dial_squares - 2 * rate * products + rate ** 2 * hour_squares), 0
                )
            )
        ) / nullif(dial_count, 0) as log_se
    from rates

)

-- Without any dial the upper limit is Garwood's, exact: -ln(.025).
select
    slice,
    channel,
    spread.dial_count as numerator,
    spread.staffed_hours as denominator,
    case when spread.is_shown then spread.rate end as estimate,
    case when spread.is_shown then case when spread.dial_count = 0 then 0 else spread.rate * exp(-z_of(95) * spread.log_se) end end as low,
    case
        when spread.is_shown and spread.dial_count = 0 then -ln(.025) / spread.staffed_hours
        when spread.is_shown then spread.rate * exp(z_of(95) * spread.log_se)
    end as high,
    spread.day_count as n_old_enough,
    case when spread.is_shown then 'ok' else 'too_few' end as status,
    spread.day_count,
    groups.dials_without_capacity
from spread
inner join groups using (slice, channel)
