-- The qualification criteria of the settings as answered on calls up to known_on: one row per clear answer (is_met true or
-- false), the day it was given, and its place among the clear answers of this lead to this criterion (1 is the first). An
-- answer that is neither yes nor no, a question not answered or not asked leaves no row: unknown.
create or replace macro clear_answers(known_on) as table
with
criteria as (
    select
        split_part(name, '.', 2) as criterion,
        fold(value) as question
    from snapshot.settings
    where starts_with(name, 'criteria.') and ends_with(name, '.question')
)
select
    calls.lead_id,
    criteria.criterion,
    calls.started_on as answered_on,
    list_contains(setting_list('answers.yes'), fold(answers.answer_code)) as is_met,
    row_number() over (
        partition by calls.lead_id, criteria.criterion
        order by calls.started_on, calls.started_at, calls.call_id, fold(answers.answer_code)
    ) as place
from snapshot.fact_call_answers as answers
inner join snapshot.fact_calls as calls using (call_id)
inner join criteria on fold(answers.question_id) = criteria.question
where
    calls.started_on <= known_on
    and calls.lead_id is not null
    and coalesce(answers.is_answered, true)
    and (
        list_contains(setting_list('answers.yes'), fold(answers.answer_code))
        or list_contains(setting_list('answers.no'), fold(answers.answer_code))
    );
