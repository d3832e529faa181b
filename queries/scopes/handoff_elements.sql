-- Hand-offs of the chosen days (as scope_handoffs), with the four things that sales needs and whether each was on record at
-- the hand-off: who was reached, what was said, the problem, a dated next step. rep_id is the rep of the last call before it.
-- Only what stood in the record when the lead was handed over counts: context added later did not help the seller.
create or replace macro handoff_elements(scope) as table
with
handoffs as (
    select
        *,
        row_number() over (order by lead_id, handed_at, accepted_at, rejected_at, feedback_at) as handoff_number
    from scope_handoffs(scope)
),
answers as (
    select
        call_id,
        bool_or(coalesce(is_answered, false)) as is_said,
        bool_or(
            coalesce(is_answered, false)
            and list_contains(
                list_concat(setting_list('criteria.interest.question'), ['problem', 'need', 'pain']), fold(question_id)
            )
        ) as is_problem_said
    from snapshot.fact_call_answers
    group by call_id
)
select
    handoffs.slice,
    handoffs.channel,
    handoffs.lead_id,
    handoffs.handed_on,
    handoffs.handoff_number,
    arg_max(calls.rep_id, (calls.started_at, calls.call_id)) as rep_id,
    coalesce(bool_or(calls.is_conversation and calls.reached_role is not null), false)::integer as is_who,
    coalesce(bool_or(answers.is_said), false)::integer as is_said,
    coalesce(bool_or(answers.is_problem_said), false)::integer as is_problem,
    coalesce(bool_or(calls.next_step_due_at::date >= handoffs.handed_on), false)::integer as is_next_step
from handoffs
left join snapshot.fact_calls as calls
    on
        handoffs.lead_id = calls.lead_id
        and handoffs.handed_at >= calls.started_at
        and handoffs.handed_at >= coalesce(calls.crm_logged_at, calls.started_at)
left join answers on calls.call_id = answers.call_id
group by handoffs.slice, handoffs.channel, handoffs.lead_id, handoffs.handed_on, handoffs.handoff_number;
