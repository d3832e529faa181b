-- The questions somebody requires: those of the criteria with at least one party under required_by, folded, each once.
create or replace macro required_questions() as table
select distinct fold(asked.value) as question
from snapshot.settings as asked
inner join snapshot.settings as parties on split_part(asked.name, '.', 2) = split_part(parties.name, '.', 2)
where asked.name like 'criteria.%.question' and parties.name like 'criteria.%.required_by';
