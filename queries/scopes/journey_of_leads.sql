-- A journey that begins when a lead is created, one row per lead. Competing for most: the lead is closed
-- before it arrives (won without it, lost, disqualified). A lead nobody ever called is not on the way to a decision maker.
create or replace macro journey_of_leads(wanted, known_on) as table
select
    lead_id as unit_id,
    lead_id,
    account_id,
    account,
    is_crowd,
    channel,
    source,
    segment,
    region,
    created_on as started_at,
    1 as ages_per_day,
    entry_age,
    case wanted
        when 'conversation' then conversation_on
        when 'decision_maker' then decision_maker_on
        when 'qualified' then qualified_on
        when 'meeting' then meeting_on
        when 'opportunity' then opportunity_on
        when 'won' then won_on
        when 'decided' then least(qualified_on, won_on, lost_on)
        when 'recycled' then recycled_on
        when 'sales_ready' then least(qualified_on, meeting_on, accepted_on)
        when 'validated' then validated_on
    end as reached_at,
    case
        when wanted = 'won' then lost_on
        when wanted not in ('decided', 'validated') then least(won_on, lost_on)
    end as ended_at,
    case when wanted = 'won' then won_amount end as amount
from leads_as_of(known_on)
where wanted <> 'decision_maker' or first_call_on is not null;
