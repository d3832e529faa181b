-- title:  Call answers
-- grain:  one row per question of a call
select
    call_id,
    question_id,
    asked as is_asked,
    answered as is_answered,
    answer_code
from spelt_call_answers
where fate = 'used'
order by all
