-- title:     Time to first response
-- stage:     reach
-- home:      inbound, beside
-- rows:      (select *, 'wall_clock_minutes' as measure from journey_units('response_time', $scope, every_channel(1440))
--            union all by name
--            select leads.slice, leads.channel, leads.lead_id, leads.created_on as started_on, business_waits.business_minutes,
--            'business_minutes' as measure, business_waits.lead is not null as is_counted
--            from week_old_leads as leads left join business_waits using (lead))
-- counter:   decision_maker_reach_rate
-- headline:  inbound
-- unit:      minutes
-- of:        leads
-- first:     wall_clock_minutes
-- direction: lower_is_better
-- reads:     How many minutes pass until half of the new leads have had a human response.
-- needs:     leads.created_at, calls.started_at, calls.direction, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      judge_on, measure, p90_minutes, p90_low, p90_high, within_5_minutes, within_5_minutes_low, within_5_minutes_high,
--   within_1_hour, within_1_hour_low, within_1_hour_high, within_1_day, within_1_day_low, within_1_day_high, before_lead_count
-- apart:     No outbound lead waits for an answer.
-- across:    No outbound prospect waits: there it is the time a list lies before its first dial, a matter of operations. Channels are
--   never ranked on it.
-- caveat:    Every lead counts, answered or not. No estimate means that fewer than half (p90: nine in ten) are answered in a week.
-- caveat:    A response is a dial to the lead, or an answered call of its own; an automatic reply is none.
-- caveat:    The second line counts minutes of the site's business hours on the lead's own clock (on that of the mapping where the
--   lead's zone is not known), over leads at least a week old. The first line is wall-clock time.
-- caveat:    A lead with a response before it was created is answered, but nobody knows when: it counts in the shares, is left out
--   of the times, and is counted beside them. It is either the call that made the lead, or a clock that is wrong.
-- answers:   S0.23, S0.2, S1.51
with

by_age as (

    select *
    from incidence_at(
        'response_time',
        $scope,
        (
            select list_concat([1440], coalesce(list(distinct exit_age), []))
            from scope_journeys('response_time', $scope)
            where ending = 'reached'
        )
    )

),

-- Smallest minute with F >= q; its interval is where the pointwise band crosses q. Null means not reached.
quantiles as (

    select
        slice,
        channel,
        max(events) as event_count,
        quantile_age(age_days, share, .5) as half_minutes,
        quantile_age(age_days, high, .5) as half_low,
        quantile_age(age_days, low, .5) as half_high,
        quantile_age(age_days, share, .9) as p90_minutes,
        quantile_age(age_days, high, .9) as p90_low,
        quantile_age(age_days, low, .9) as p90_high
    from by_age
    group by slice, channel

),

one_day as (

    select
        slice,
        channel,
        events,
        unit_count,
        n_old_enough,
        judge_on,
        status
    from by_age
    where age_days = 1440

),

shares as (

    select *
    from incidence_at('response', $scope, [5, 60, 1440])

),

wall_clock as (

    select
        slice,
        channel,
        one_day.events as numerator,
        one_day.unit_count as denominator,
        one_day.n_old_enough,
        one_day.judge_on,
        -- A quantile needs ten events behind it.
        case when one_day.status in ('ok', 'provisional') and quantiles.event_count < 10 then 'too_few' else one_day.status end
            as status,
        'wall_clock_minutes' as measure,
        quantiles.* exclude (slice, channel, event_count),
        five_minutes.share as within_5_minutes,
        five_minutes.low as within_5_minutes_low,
        five_minutes.high as within_5_minutes_high,
        one_hour.share as within_1_hour,
        one_hour.low as within_1_hour_low,
        one_hour.high as within_1_hour_high,
        a_day.share as within_1_day,
        a_day.low as within_1_day_low,
        a_day.high as within_1_day_high
    from one_day
    inner join quantiles using (slice, channel)
    inner join (select * from shares where age_days = 5) as five_minutes using (slice, channel)
    inner join (select * from shares where age_days = 60) as one_hour using (slice, channel)
    inner join (select * from shares where age_days = 1440) as a_day using (slice, channel)

),

own_zones as (

    select
        leads.lead_id,
        zones.name
    from snapshot.fact_leads as leads
    inner join pg_timezone_names() as zones on trim(leads.timezone) = zones.name

),

-- Answered, and not closed before it was.
waits as (

    select
        leads.slice,
        leads.channel,
        leads.lead,
        leads.potential_days,
        own_clock(leads.created_at, setting_zone(), own_zones.name) as created_at,
        own_clock(greatest(responses.reached_at, leads.created_at), setting_zone(), own_zones.name) as responded_at,
        is_before(responses.reached_at, leads.created_at) as is_before_lead
    from scope_leads($scope) as leads
    inner join journey_response($scope['as_of']::date) as responses using (lead)
    left join own_zones on leads.lead_id = own_zones.lead_id
    where
        responses.reached_at is not null
        and responses.reached_at <= coalesce(responses.ended_at, responses.reached_at)

),

before_leads as (

    select
        slice,
        channel,
        count(*) filter (where is_before_lead) as before_lead_count
    from waits
    group by slice, channel

),

-- The seconds that the business is open on a day, and was before it.
calendar as (

    select
        day,
        open_seconds,
        sum(open_seconds) over (order by day) - open_seconds as seconds_before
    from (
        select
            day::date as day,
            case
                when list_contains(setting_list('business_hours.days'), lower(strftime(day, '%a')))
                    then 3600 * (setting('business_hours.to_hour')::integer - setting('business_hours.from_hour')::integer)
                else 0
            end as open_seconds
        from (
            select unnest(generate_series(min(created_at)::date, max(responded_at)::date, interval 1 day)) as day
            from waits
        ) as days
    ) as opened

),

-- Open seconds up to the response less those up to the lead.
business_waits as (

    select
        waits.slice,
        waits.channel,
        waits.lead,
        greatest(
            0,
            answered.seconds_before
            + least(
                answered.open_seconds,
                greatest(
                    0,
                    date_diff('second', answered.day::timestamp, waits.responded_at)
                    - 3600 * setting('business_hours.from_hour')::integer
                )
            )
            - created.seconds_before
            - least(
                created.open_seconds,
                greatest(
                    0,
                    date_diff('second', created.day::timestamp, waits.created_at)
                    - 3600 * setting('business_hours.from_hour')::integer
                )
            )
        )::bigint // 60 as business_minutes
    from waits
    inner join calendar as created on waits.created_at::date = created.day
    inner join calendar as answered on waits.responded_at::date = answered.day
    where waits.potential_days >= 7 and not waits.is_before_lead

),

week_old_leads as (

    select *
    from scope_leads($scope)
    where
        potential_days >= 7
        and created_at is not null
        and lead not in (select lead from waits where is_before_lead)

),

week_old as (

    select
        slice,
        channel,
        count(*) as lead_count
    from week_old_leads
    group by slice, channel

),

-- All of them have been followed for the whole week: nothing is censored, and an unanswered lead ranks behind every answered one.
ordered as (

    select
        slice,
        channel,
        week_old.lead_count,
        count(business_waits.lead) as answered_count,
        list(business_waits.business_minutes order by business_waits.business_minutes nulls last) as minutes
    from week_old
    left join business_waits using (slice, channel)
    group by slice, channel, week_old.lead_count

),

-- The interval of a quantile runs between two of the waits themselves (Conover 1999); a rank beyond the answered is not reached.
ranked as (

    select
        *,
        binomial_rank(lead_count, .5, .025) as half_rank,
        binomial_rank(lead_count, .9, .025) as p90_rank,
        binomial_rank(lead_count, .1, .025) as p90_rest
    from ordered

),

business_hours as (

    select
        slice,
        channel,
        ranked.answered_count as numerator,
        ranked.lead_count as denominator,
        ranked.lead_count as n_old_enough,
        wall_clock.judge_on + 6 as judge_on,
        case
            when ranked.lead_count >= 30 and ranked.answered_count < 10 then 'too_few'
            else maturity_status(ranked.lead_count, ranked.lead_count)
        end as status,
        'business_minutes' as measure,
        ranked.minutes[ceil(ranked.lead_count * .5)::integer] as half_minutes,
        case when ranked.half_rank > 0 then ranked.minutes[ranked.half_rank::integer] end as half_low,
        case when ranked.half_rank > 0 then ranked.minutes[(ranked.lead_count + 1 - ranked.half_rank)::integer] end as half_high,
        ranked.minutes[ceil(ranked.lead_count * .9)::integer] as p90_minutes,
        case when ranked.p90_rank > 0 then ranked.minutes[ranked.p90_rank::integer] end as p90_low,
        case when ranked.p90_rest > 0 then ranked.minutes[(ranked.lead_count + 1 - ranked.p90_rest)::integer] end as p90_high
    from ranked
    inner join wall_clock using (slice, channel)

),

both_lines as (

    select * from wall_clock
    union all by name
    select * from business_hours

),

shown as (

    select
        *,
        status in ('ok', 'provisional') as is_given
    from both_lines

)

select
    slice,
    channel,
    shown.numerator,
    shown.denominator,
    case when shown.is_given then shown.half_minutes end as estimate,
    case when shown.is_given then shown.half_low end as low,
    case when shown.is_given then shown.half_high end as high,
    shown.n_old_enough,
    shown.status,
    shown.judge_on,
    shown.measure,
    case when shown.is_given then shown.p90_minutes end as p90_minutes,
    case when shown.is_given then shown.p90_low end as p90_low,
    case when shown.is_given then shown.p90_high end as p90_high,
    shown.within_5_minutes,
    shown.within_5_minutes_low,
    shown.within_5_minutes_high,
    shown.within_1_hour,
    shown.within_1_hour_low,
    shown.within_1_hour_high,
    shown.within_1_day,
    shown.within_1_day_low,
    shown.within_1_day_high,
    coalesce(before_leads.before_lead_count, 0) as before_lead_count
from shown
left join before_leads using (slice, channel)
