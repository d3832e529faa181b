-- title:     Reporting lag
-- stage:     data_quality
-- home:      data, headline
-- rows:      (select *, lag_minutes is not null as is_counted from old_calls)
-- headline:  both
-- unit:      minutes
-- of:        calls
-- direction: lower_is_better
-- reads:     How many minutes pass from the end of a call until it is in the CRM, for half of the calls.
-- needs:     calls.started_at, calls.crm_logged_at
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      p90_minutes, p90_low, p90_high, late_count, late_share, late_low, late_high, unlogged_count,
--   unknown_count, trim_days
-- across:    Calls of both channels are timed alike; read it by team habit, not as a quality of the leads.
-- caveat:    The newest days are left out (trim_days): a call of yesterday may not be logged yet, and only the quick ones would count.
-- caveat:    trim_days is the lag that 95 of 100 logged calls stay within; other figures by day of activity look low within it.
-- caveat:    A call without a logging time by the as-of date is counted apart (unlogged_count), neither quick nor late; so is one
--   that was logged before it ended (unknown_count), for its lag is unknown.
-- caveat:    late_share is the share logged after 24 hours. Calls of one person follow a habit: the ranges are too narrow where few log.
-- answers:   S0.11
with

-- Logged before it ended, or ended before it began: one clock is wrong, and the lag is unknown. A time of logging after as_of is
-- not known yet.
timed_calls as (

    select
        slice,
        channel,
        call_id,
        started_on,
        crm_logged_at::date <= $scope['as_of']::date as is_logged,
        case
            when is_logged and not is_before(ended_at, started_at) and not is_before(ended_at, answered_at)
                then elapsed_seconds(coalesce(ended_at, started_at), crm_logged_at) / 60.0
        end as lag_minutes
    from scope_calls($scope)

),

trims as (

    select coalesce(ceil(quantile_cont(lag_minutes, .95) / 1440), 0)::integer as trim_days
    from timed_calls

),

old_calls as (

    select timed_calls.*, trims.trim_days
    from timed_calls
    cross join trims
    where timed_calls.started_on <= $scope['as_of']::date - trims.trim_days

),

counted as (

    select
        slice,
        channel,
        any_value(trim_days) as trim_days,
        count(*) as call_count,
        count(lag_minutes) as logged_count,
        count(*) filter (where is_logged and lag_minutes is null) as unknown_count,
        count(*) filter (where lag_minutes > 1440) as late_count
    from old_calls
    group by slice, channel

),

-- Equal lags stand in one row with the last of their ranks: what lies at a rank is read off without putting every call in order.
lags as (

    select
        slice,
        channel,
        lag_minutes,
        sum(count(*)) over (partition by slice, channel order by lag_minutes) as last_rank
    from old_calls
    where lag_minutes is not null
    group by slice, channel, lag_minutes

),

-- A quantile's limits are two of the lags themselves (Conover 1999): lags are skewed and no shape is assumed.
ranked as (

    select
        *,
        binomial_rank(logged_count, .5, .025) as half_rank,
        binomial_rank(logged_count, .9, .025) as p90_low_rank,
        binomial_rank(logged_count, .1, .025) as p90_high_rank,
        event_status(logged_count, 10) as status
    from counted

),

-- Of a quantile that lies between two ranks the part between both lags (quantile_cont).
read_off as (

    select
        slice,
        channel,
        min(lag_minutes) filter (where last_rank >= floor((logged_count - 1) * .5) + 1) as half_before,
        min(lag_minutes) filter (where last_rank >= ceil((logged_count - 1) * .5) + 1) as half_after,
        min(lag_minutes) filter (where last_rank >= floor((logged_count - 1) * .9) + 1) as p90_before,
        min(lag_minutes) filter (where last_rank >= ceil((logged_count - 1) * .9) + 1) as p90_after,
        min(lag_minutes) filter (where last_rank >= half_rank) as half_low,
        min(lag_minutes) filter (where last_rank >= logged_count + 1 - half_rank) as half_high,
        min(lag_minutes) filter (where last_rank >= p90_low_rank) as p90_low,
        min(lag_minutes) filter (where last_rank >= logged_count + 1 - p90_high_rank) as p90_high
    from ranked
    inner join lags using (slice, channel)
    group by slice, channel

),

limits as (

    select
        ranked.*,
        read_off.* exclude (slice, channel),
        half_before + (half_after - half_before) * ((logged_count - 1) * .5 - floor((logged_count - 1) * .5)) as half_minutes,
        p90_before + (p90_after - p90_before) * ((logged_count - 1) * .9 - floor((logged_count - 1) * .9)) as p90_minutes
    from ranked
    left join read_off using (slice, channel)

)

select
    slice,
    channel,
    logged_count as numerator,
    call_count as denominator,
    case when status = 'ok' then half_minutes end as estimate,
    case when status = 'ok' and half_rank > 0 then half_low end as low,
    case when status = 'ok' and half_rank > 0 then half_high end as high,
    call_count as n_old_enough,
    status,
    case when status = 'ok' then p90_minutes end as p90_minutes,
    case when status = 'ok' and p90_low_rank > 0 then p90_low end as p90_low,
    case when status = 'ok' and p90_high_rank > 0 then p90_high end as p90_high,
    case when status = 'ok' then late_count end as late_count,
    case when status = 'ok' then safe_ratio(late_count, logged_count) end as late_share,
    case when status = 'ok' then wilson_low(late_count, logged_count, z_of(95)) end as late_low,
    case when status = 'ok' then wilson_high(late_count, logged_count, z_of(95)) end as late_high,
    call_count - logged_count - unknown_count as unlogged_count,
    unknown_count,
    trim_days
from limits
