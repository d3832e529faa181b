-- title:     Hand-off context completeness
-- stage:     qualification
-- home:      qualification, headline
-- rows:      (select * exclude (line), line['measure'] as measure, line['present'] as present_count, line['wanted'] as wanted_count
--            from measured)
-- headline:  both
-- unit:      ratio
-- of:        elements of hand-offs
-- first:     all_four
-- direction: higher_is_better
-- reads:     Of the four things sales needs (who was reached, what was said, the problem, a dated next step), how many it has.
-- needs:     handoffs.handed_at, call_answers.question_id, call_answers.answered, calls.started_at, calls.reached_role,
--            calls.next_step_due, calls.lead_id
-- links:     handoffs.lead, calls.lead, call_answers.call
-- windows:   calls, call_answers
-- horizon:   none
-- also:      measure, hand_off_count, rep_count
-- across:    Both channels may be compared: the same four things are asked of every hand-off.
-- caveat:    An element counts when it was on record at the hand-off. What was logged afterwards (crm_logged_at, where known)
--   does not count, and the length of a note counts nothing.
-- caveat:    Who: a conversation with a role. What was said: an answered question. The problem: an answer to a question named
--   problem, need or pain, or to the question of the criterion interest. Next step: a date not yet past at the hand-off.
-- caveat:    Answers carry no time of their own: they stand with their call.
-- caveat:    Hand-offs of one rep (of the last call before it) resemble each other: the limits use the variance between reps
--   (linearised) in place of a bootstrap. With a single rep they cannot show how reps differ.
-- caveat:    From and to are days of the hand-off.
-- answers:   S0.17, S0.29
-- counter:   question_coverage
with

elements as (

    select
        * replace (coalesce(rep_id, 'hand-off ' || handoff_number) as rep_id)
    from handoff_elements($scope)

),

counted as (

    select
        *,
        is_who + is_said + is_problem + is_next_step as element_count
    from elements

),

measured as (

    select
        slice,
        channel,
        lead_id,
        handed_on,
        rep_id,
        unnest([
            {'measure': 'all_four', 'present': element_count, 'wanted': 4},
            {'measure': 'dated_next_step', 'present': is_next_step, 'wanted': 1},
            {'measure': 'problem', 'present': is_problem, 'wanted': 1},
            {'measure': 'what_was_said', 'present': is_said, 'wanted': 1},
            {'measure': 'who_was_reached', 'present': is_who, 'wanted': 1},
        ]) as line
    from counted

),

by_rep as (

    select
        slice,
        channel,
        line['measure'] as measure,
        rep_id,
        count(*) as handoff_count,
        sum(line['present'])::bigint as present_count,
        sum(line['wanted'])::bigint as wanted_count
    from measured
    group by slice, channel, line['measure'], rep_id

),

totals as (

    select
        slice,
        channel,
        measure,
        count(*) as rep_count,
        sum(handoff_count)::bigint as handoff_count,
        sum(present_count)::bigint as present_count,
        sum(wanted_count)::bigint as wanted_count,
        sum(present_count * present_count)::bigint as present_squares,
        sum(present_count * wanted_count)::bigint as products,
        sum(wanted_count * wanted_count)::bigint as wanted_squares,
        safe_ratio(sum(present_count), sum(wanted_count)) as share
    from by_rep
    group by slice, channel, measure

),

-- A hand-off counts once, though it has four elements; reps differ, so n is what the variance between them leaves of it.
rates as (

    select
        *,
        coalesce(
            clustered_n(
                share,
                safe_ratio(
                    (present_squares - 2 * share * products + share ** 2 * wanted_squares) * rep_count,
                    (rep_count - 1) * wanted_count ** 2
                ),
                handoff_count,
                rep_count
            ),
            handoff_count
        ) as worth,
        sample_status(handoff_count) as status
    from totals

)

select
    slice,
    channel,
    present_count as numerator,
    wanted_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * worth, worth, z_of(95)) end as high,
    handoff_count as n_old_enough,
    status,
    measure,
    handoff_count as hand_off_count,
    rep_count
from rates
