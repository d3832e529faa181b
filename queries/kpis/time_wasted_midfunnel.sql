-- title:     Time cost of failed mid-funnel
-- stage:     opportunity
-- home:      inbound, beside
-- rows:      leads where is_old_enough
-- headline:  inbound
-- unit:      per_unit
-- of:        won deals
-- per:       hours per deal
-- first:     hours_per_win
-- direction: lower_is_better
-- reads:     How many hours on the phone go into leads that fail after a meeting, for each deal won by the same age.
-- needs:     leads.created_at, calls.started_at, calls.talk_s, meetings.held_at, opportunities.closed_at,
--            opportunities.outcome, calls.lead_id, opportunities.lead_id
-- links:     calls.lead, meetings.lead, opportunities.lead, opportunity_changes.opportunity
-- windows:   calls, meetings, opportunities, closings
-- withheld:  No conversation has a known length, so hours are unknown.
-- horizon:   inbound 180, outbound 365
-- also:      measure, horizon_days, failed_lead_count, win_count, timed_share, dormant_days
-- across:    Both channels are counted by the same rules; outbound is read at an age of its own.
-- caveat:    Failed: met us, not won by that age, and lost or without any two-way activity for the setting effort.dormant_days.
-- caveat:    Hours are talk and wrap-up of all calls by that age. The length of a meeting is in no extract: the lines in
--   touches count calls and held meetings alike. The lines named share are of all effort on the same leads.
-- caveat:    A conversation without a recorded talk time adds no hours; timed_share says how many conversations have one.
-- caveat:    The interval is on the log scale, with the accounts as clusters (linearised variance), not a bootstrap.
-- answers:   S1.28, S0.8
with

cohort as (

    select
        slice,
        channel,
        lead_id,
        lead,
        account_id,
        coalesce(account, -lead) as cluster_id,
        created_on + horizon_of($horizon, channel) as judged_on,
        horizon_of($horizon, channel) as horizon_days,
        potential_days >= horizon_of($horizon, channel) as is_old_enough,
        meeting_on,
        won_on,
        lost_on
    from scope_leads($scope)

),

-- Every lead is read as it stood on the day it reached the age: what came later is left out for all alike.
call_effort as (

    select
        cohort.lead,
        count(*) as touches,
        sum(coalesce(calls.talk_seconds, 0)::decimal(18, 3) + coalesce(calls.wrap_seconds, 0)::decimal(18, 3)) as seconds,
        count(*) filter (where calls.is_conversation) as conversation_count,
        count(calls.talk_seconds) filter (where calls.is_conversation) as timed_count,
        max(calls.started_on) filter (where calls.is_conversation) as active_on
    from cohort
    inner join snapshot.fact_calls as calls using (lead)
    where calls.started_on <= cohort.judged_on and cohort.is_old_enough
    group by cohort.lead

),

meeting_effort as (

    select
        cohort.lead_id,
        count(*) as touches,
        max(meetings.held_on) as active_on
    from cohort
    inner join snapshot.fact_meetings as meetings using (lead_id)
    where meetings.held_on <= cohort.judged_on and cohort.is_old_enough
    group by cohort.lead_id

),

opportunity_activity as (

    select
        cohort.lead_id,
        greatest(max(opportunities.created_on), max(changes.changed_on)) as active_on
    from cohort
    inner join snapshot.fact_opportunities as opportunities using (lead_id)
    left join snapshot.fact_opportunity_changes as changes
        on opportunities.opportunity_id = changes.opportunity_id and cohort.judged_on >= changes.changed_on
    where opportunities.created_on <= cohort.judged_on and cohort.is_old_enough
    group by cohort.lead_id

),

leads as (

    select
        cohort.*,
        coalesce(call_effort.touches, 0) + coalesce(meeting_effort.touches, 0) as touches,
        coalesce(call_effort.seconds, 0) as seconds,
        coalesce(call_effort.conversation_count, 0) as conversation_count,
        coalesce(call_effort.timed_count, 0) as timed_count,
        coalesce(cohort.is_old_enough and cohort.won_on <= cohort.judged_on, false) as is_won,
        cohort.is_old_enough
        and coalesce(cohort.meeting_on <= cohort.judged_on, false)
        and not coalesce(cohort.won_on <= cohort.judged_on, false)
        and (
            coalesce(cohort.lost_on <= cohort.judged_on, false)
            or greatest(call_effort.active_on, meeting_effort.active_on, opportunity_activity.active_on)
            + setting('effort.dormant_days')::integer <= cohort.judged_on
        ) as is_failed
    from cohort
    left join call_effort using (lead)
    left join meeting_effort using (lead_id)
    left join opportunity_activity using (lead_id)

),

by_account as (

    select
        slice,
        channel,
        cluster_id,
        any_value(horizon_days) as horizon_days,
        count(*) as lead_count,
        count(*) filter (where is_old_enough) as n_old_enough,
        count(*) filter (where is_failed) as failed_lead_count,
        count(*) filter (where is_won) as win_count,
        sum(conversation_count) as conversation_count,
        sum(timed_count) as timed_count,
        coalesce(sum(seconds) filter (where is_failed), 0) as failed_seconds,
        coalesce(sum(touches) filter (where is_failed), 0) as failed_touches,
        sum(seconds) as all_seconds,
        sum(touches) as all_touches
    from leads
    group by slice, channel, cluster_id

),

lines as (

    select
        by_account.*,
        unnest([
            {'measure': 'hours_per_win', 'part': failed_seconds, 'whole': win_count, 'unit': 3600, 'whole_unit': 1},
            {'measure': 'hours_share', 'part': failed_seconds, 'whole': all_seconds, 'unit': 3600, 'whole_unit': 3600},
            {'measure': 'touches_per_win', 'part': failed_touches, 'whole': win_count, 'unit': 1, 'whole_unit': 1},
            {'measure': 'touches_share', 'part': failed_touches, 'whole': all_touches, 'unit': 1, 'whole_unit': 1},
        ]::struct(measure varchar, part decimal(18, 3), whole decimal(18, 3), unit integer, whole_unit integer)[]) as line
    from by_account

),

totals as (

    select
        slice,
        channel,
        line['measure'] as measure,
        any_value(line['unit']) as unit,
        any_value(line['whole_unit']) as whole_unit,
        any_value(horizon_days) as horizon_days,
        sum(lead_count)::bigint as lead_count,
        sum(n_old_enough)::bigint as n_old_enough,
        sum(failed_lead_count)::bigint as failed_lead_count,
        sum(win_count)::bigint as win_count,
        safe_ratio(sum(timed_count), sum(conversation_count)) as timed_share,
        count(*) filter (where n_old_enough > 0) as account_count,
        sum(line['part'])::double as part,
        sum(line['whole'])::double as whole,
        sum(line['part'] * line['part'])::double as part_squares,
        sum(line['part'] * line['whole'])::double as cross_products,
        sum(line['whole'] * line['whole'])::double as whole_squares
    from lines
    group by slice, channel, line['measure']

),

-- Delta method for ln(part / whole): each account adds the square of its share of the one less its share of the other,
-- multiplied out so that only exact numbers are summed. Ten wins are needed, and five failed leads.
gated as (

    select
        *,
        safe_ratio(part / unit, whole / whole_unit) as ratio,
        sqrt(
            greatest(
                0,
                safe_ratio(part_squares, part ** 2) - 2 * safe_ratio(cross_products, part * whole) + safe_ratio(whole_squares, whole ** 2)
            )
            * safe_ratio(account_count, account_count - 1)
        ) as log_se,
        case
            when maturity_status(n_old_enough, lead_count) not in ('ok', 'provisional') then maturity_status(n_old_enough, lead_count)
            when starts_with(measure, 'hours') and coalesce(timed_share, 0) = 0 then 'not_available'
            when failed_lead_count < 5 or part = 0 then 'too_few'
            when ends_with(measure, 'per_win') and win_count < minimum('deals') then 'too_few'
            else maturity_status(n_old_enough, lead_count)
        end as status
    from totals

)

select
    slice,
    channel,
    case when status <> 'not_available' then part / unit end as numerator,
    whole / whole_unit as denominator,
    case when status in ('ok', 'provisional') then ratio end as estimate,
    case when status in ('ok', 'provisional') then ratio * exp(-z_of(95) * log_se) end as low,
    case
        when log_se is null then null
        when status in ('ok', 'provisional') and ends_with(measure, 'share') then least(1.0, ratio * exp(z_of(95) * log_se))
        when status in ('ok', 'provisional') then ratio * exp(z_of(95) * log_se)
    end as high,
    n_old_enough,
    status,
    measure,
    horizon_days,
    failed_lead_count,
    win_count,
    timed_share,
    setting('effort.dormant_days')::integer as dormant_days
from gated
-- Where no hours are known, there is nothing to take a share of: the line is left out.
where measure <> 'hours_share' or timed_share > 0
