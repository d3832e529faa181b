-- title:     Hand-offs waiting for sales
-- stage:     qualification
-- home:      qualification, report
-- rows:      (select * exclude (is_do_not_call, is_closed) from judged where not is_do_not_call and not is_closed)
-- headline:  both
-- unit:      ratio
-- of:        open hand-offs
-- direction: lower_is_better
-- reads:     Hand-offs that wait for an answer of sales or for its first touch, and how many of them wait longer than agreed.
-- needs:     handoffs.handed_at, handoffs.accepted_at
-- links:     handoffs.lead, opportunities.lead
-- windows:   none
-- horizon:   none
-- also:      do_not_call_count, closed_count, acceptance_days, touch_days
-- across:    The promise is the same for both channels.
-- caveat:    A list of what is open on the as-of day: the dates chosen do not narrow it, the other filters do.
-- caveat:    Agreed are the settings sla.acceptance_days and sla.touch_days, counted as calendar days.
-- caveat:    The owner is the rep of the last call before the hand-off: the extract names no salesperson.
-- caveat:    Missing is what was not on record at the hand-off, of the four things sales needs. With no extract call_answers what
--   was said and the problem are missing everywhere.
-- caveat:    Left out and counted: leads that asked not to be called (do_not_call_count), else those won or lost (closed_count).
-- answers:   S0.35, S0.17
with

open_handoffs as (

    select
        *,
        case when accepted_at is null then setting('sla.acceptance_days') else setting('sla.touch_days') end::integer as agreed_days
    from scope_handoffs(any_day($scope))
    where rejected_at is null and first_sales_touch_at is null

),

elements as (

    select
        lead_id,
        handed_on,
        max(rep_id) as owner_id,
        nullif(concat_ws(
            ', ',
            case when max(is_who) = 0 then 'who was reached' end,
            case when max(is_said) = 0 then 'what was said' end,
            case when max(is_problem) = 0 then 'the problem' end,
            case when max(is_next_step) = 0 then 'a dated next step' end
        ), '') as missing
    from handoff_elements(any_day($scope))
    group by lead_id, handed_on

),

judged as (

    select
        slice,
        channel,
        lead_id,
        case when accepted_at is null then 'answer of sales' else 'first touch by sales' end as kind,
        elements.owner_id,
        coalesce(accepted_at, handed_at) as promised_at,
        agreed_days,
        date_diff('day', coalesce(accepted_at, handed_at)::date, $scope['as_of']::date) as waiting_days,
        elements.missing,
        waiting_days > agreed_days as is_counted,
        coalesce(left_alone.is_do_not_call, false) as is_do_not_call,
        coalesce(left_alone.is_closed, false) as is_closed
    from open_handoffs
    left join elements using (lead_id, handed_on)
    left join leads_left_alone($scope['as_of']::date) as left_alone using (lead_id)

),

counted as (

    select
        slice,
        channel,
        count(*) filter (where is_counted and not is_do_not_call and not is_closed) as overdue_count,
        count(*) filter (where not is_do_not_call and not is_closed) as open_count,
        count(*) filter (where is_do_not_call) as do_not_call_count,
        count(*) filter (where is_closed) as closed_count
    from judged
    group by slice, channel

)

-- All of them are known, so the share is exact: its limits are the share itself.
select
    slice,
    channel,
    overdue_count as numerator,
    open_count as denominator,
    safe_ratio(overdue_count, open_count) as estimate,
    safe_ratio(overdue_count, open_count) as low,
    safe_ratio(overdue_count, open_count) as high,
    open_count as n_old_enough,
    case when open_count > 0 then 'ok' else 'too_few' end as status,
    do_not_call_count,
    closed_count,
    setting('sla.acceptance_days')::integer as acceptance_days,
    setting('sla.touch_days')::integer as touch_days
from counted
