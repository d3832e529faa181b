-- title:     Feedback returned by sales
-- stage:     qualification
-- home:      qualification, detail
-- rows:      (select *, is_answered as is_counted from judged where is_old_enough)
-- headline:  both
-- unit:      ratio
-- of:        hand-offs
-- first:     all_hand_offs
-- direction: higher_is_better
-- reads:     Of 100 hand-offs old enough to judge, on how many sales has said what came of them within the agreed days.
-- needs:     handoffs.handed_at, handoffs.feedback_at
-- links:     handoffs.lead, opportunities.lead
-- windows:   opportunities
-- horizon:   none
-- also:      horizon_days, measure
-- across:    Both channels may be compared: each hand-off has the same number of days.
-- caveat:    The agreed days are the setting sla.feedback_days (30 unless set), counted as calendar days from the hand-off.
-- caveat:    Only hand-offs at least that old are counted; younger ones are neither with nor without feedback.
-- caveat:    The lines won_leads, lost_leads and open_leads show whether sales reports only its wins. They split hand-offs by
--   where their lead stands today.
-- caveat:    From and to are days of the hand-off.
-- answers:   S0.36
with

-- Equal age for all: with every hand-off followed to the promised day, the plain proportion is unbiased.
judged as (

    select
        slice,
        channel,
        lead_id,
        handed_on,
        potential_days >= greatest(setting('sla.feedback_days'), 1) as is_old_enough,
        coalesce(date_diff('day', handed_on, feedback_at::date) <= setting('sla.feedback_days'), false) as is_answered,
        unnest([
            'all_hand_offs',
            case when won_on is not null then 'won_leads' when lost_on is not null then 'lost_leads' else 'open_leads' end,
        ]) as measure
    from scope_handoffs($scope)

),

totals as (

    select
        slice,
        channel,
        measure,
        count(*) as handoff_count,
        count(*) filter (where is_old_enough) as old_count,
        count(*) filter (where is_old_enough and is_answered) as answered_count
    from judged
    group by slice, channel, measure

),

gated as (

    select
        *,
        maturity_status(old_count, handoff_count) as status
    from totals

)

select
    slice,
    channel,
    answered_count as numerator,
    old_count as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(answered_count, old_count) end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(answered_count, old_count, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(answered_count, old_count, z_of(95)) end as high,
    old_count as n_old_enough,
    status,
    setting('sla.feedback_days')::integer as horizon_days,
    measure
from gated
