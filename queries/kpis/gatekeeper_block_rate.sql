-- title:     Gatekeeper block and wrong contact
-- stage:     reach
-- home:      outbound, detail
-- rows:      (select * exclude (line), line['measure'] as measure, line['holds'] as is_counted from blocked)
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- first:     gatekeeper_block
-- direction: lower_is_better
-- reads:     Of 100 leads where a person answered but not yet the right one, how many are blocked by a gatekeeper, and how many
--   hold a wrong contact.
-- needs:     calls.started_at, calls.outcome_code, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      measure, unmapped_count
-- across:    Inbound leads gave their own number: a block is rare by construction, so there is nothing to compare.
-- caveat:    The two have two remedies and are never added up: a gatekeeper asks for another route, a wrong contact for better data.
-- caveat:    The last answer of a person stands for the lead. A lead with a result (qualified, meeting, not ready, no fit, do not
--   call) or with a decision maker reached has met the right party and is not counted.
-- caveat:    The limits hold for the three shares at once (Goodman), so each is wider than it were alone.
-- answers:   S0.18
with

talks as (

    select
        slice,
        channel,
        lead,
        lead_id,
        turn,
        disposition,
        coalesce(
            disposition in ('qualified', 'meeting_booked', 'interested_not_ready', 'no_fit', 'do_not_call')
            or (is_conversation and reached_role in ('decisionmaker', 'economicbuyer')),
            false
        ) as is_right_party,
        disposition in ('gatekeeper_block', 'wrong_contact', 'callback_requested', 'connected_no_result') as is_other_person
    from scope_calls($scope)
    where lead is not null

),

-- The last person who answered and was not the right one; calls of one moment in the order of their ids.
contacted as (

    select
        slice,
        channel,
        lead,
        any_value(lead_id) as lead_id,
        coalesce(bool_or(is_right_party), false) as is_reached,
        max_by(disposition, turn) filter (where is_other_person) as last_person,
        coalesce(bool_or(disposition = 'unmapped'), false) as is_unmapped
    from talks
    group by slice, channel, lead

),

blocked as (

    select
        slice,
        channel,
        lead_id,
        last_person,
        is_unmapped,
        unnest([
            {'measure': 'gatekeeper_block', 'holds': last_person = 'gatekeeper_block'},
            {'measure': 'wrong_contact', 'holds': last_person = 'wrong_contact'},
            {'measure': 'another_person', 'holds': last_person in ('callback_requested', 'connected_no_result')},
        ]) as line
    from contacted
    where not is_reached and last_person is not null

),

totals as (

    select
        slice,
        channel,
        line['measure'] as measure,
        count(*) as lead_count,
        count(*) filter (where line['holds']) as held_count,
        count(*) filter (where is_unmapped) as unmapped_count,
        sample_status(count(*)) as status
    from blocked
    group by all

)

-- Goodman 1965: three shares of one whole, so Wilson at 1 - .05 / 3 each; 2.39398 is the normal quantile at 1 - .05 / 6.
select
    slice,
    channel,
    held_count as numerator,
    lead_count as denominator,
    case when status <> 'too_few' then safe_ratio(held_count, lead_count) end as estimate,
    case when status <> 'too_few' then wilson_low(held_count, lead_count, 2.3939797998185104) end as low,
    case when status <> 'too_few' then wilson_high(held_count, lead_count, 2.3939797998185104) end as high,
    lead_count as n_old_enough,
    status,
    measure,
    unmapped_count
from totals
