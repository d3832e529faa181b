-- The first real conversation of each lead (at least effort.first_call_seconds of talk) where it was held in the chosen
-- days: columns of scope_calls. "First" is decided over all calls up to as_of, so a later one never takes its place. A call
-- without a lead is left out: nobody can say whether it was the first.
create or replace macro scope_first_conversations(scope) as table
with
first_ones as (
    select
        lead,
        min(turn) as turn
    from snapshot.fact_calls
    where
        is_conversation
        and talk_seconds >= setting('effort.first_call_seconds')
        and lead is not null
        and started_on <= scope['as_of']::date
    group by lead
)
select calls.*
from scope_calls(scope) as calls
inner join first_ones using (lead, turn);
