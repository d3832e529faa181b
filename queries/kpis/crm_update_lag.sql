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

lags as (

    select
        slice,
        channel,
        any_value(trim_days) as trim_days,
        count(*) as call_count,
        count(lag_minutes) as logged_count,
        count(*) filter (where is_logged and lag_minutes is null) as unknown_count,
        count(*) filter (where lag_minutes > 1440) as late_count,
        quantile_cont(lag_minutes, [.5, .9]) as quantiles,
        list(lag_minutes order by lag_minutes) filter (where lag_minutes is not null) as ordered_lags
    from old_calls
    group by slice, channel

),

-- A quantile's limits are two of the lags themselves (Conover 1999): lags are skewed and no shape is assumed.
ranked as (

    select
        *,
        binomial_rank(logged_count, .5, .025) as half_rank,
        binomial_rank(logged_count, .9, .025) as p90_low_rank,
        binomial_rank(logged_count, .1, .025) as p90_high_rank,
        event_status(logged_count, 10) as status
    from lags

)

select
    slice,
    channel,
    logged_count as numerator,
    call_count as denominator,
    case when status = 'ok' then quantiles[1] end as estimate,
    case when status = 'ok' and half_rank > 0 then ordered_lags[half_rank] end as low,
    case when status = 'ok' and half_rank > 0 then ordered_lags[logged_count + 1 - half_rank] end as high,
    call_count as n_old_enough,
    status,
    case when status = 'ok' then quantiles[2] end as p90_minutes,
    case when status = 'ok' and p90_low_rank > 0 then ordered_lags[p90_low_rank] end as p90_low,
    case when status = 'ok' and p90_high_rank > 0 then ordered_lags[logged_count + 1 - p90_high_rank] end as p90_high,
    case when status = 'ok' then late_count end as late_count,
    case when status = 'ok' then safe_ratio(late_count, logged_count) end as late_share,
    case when status = 'ok' then wilson_low(late_count, logged_count, z_of(95)) end as late_low,
    case when status = 'ok' then wilson_high(late_count, logged_count, z_of(95)) end as late_high,
    call_count - logged_count - unknown_count as unlogged_count,
    unknown_count,
    trim_days
from ranked
