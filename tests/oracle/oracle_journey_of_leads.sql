-- The journeys that begin when a lead is created, one row per lead and journey. Competing for most: the lead is closed
-- before it arrives (won without it, lost, disqualified). A lead nobody ever called is not on the way to a decision maker.
create or replace macro oracle_journey_of_leads(known_on) as table
with
steps as (
    select
        *,
        least(won_on, lost_on) as closed_on,
        unnest([
            {'journey': 'conversation', 'reached_on': conversation_on, 'competes': true},
            {'journey': 'decision_maker', 'reached_on': decision_maker_on, 'competes': true},
            {'journey': 'qualified', 'reached_on': qualified_on, 'competes': true},
            {'journey': 'meeting', 'reached_on': meeting_on, 'competes': true},
            {'journey': 'opportunity', 'reached_on': opportunity_on, 'competes': true},
            {'journey': 'won', 'reached_on': won_on, 'competes': true},
            {'journey': 'decided', 'reached_on': least(qualified_on, won_on, lost_on), 'competes': false},
            {'journey': 'recycled', 'reached_on': recycled_on, 'competes': true},
            {'journey': 'sales_ready', 'reached_on': least(qualified_on, meeting_on, accepted_on), 'competes': true},
            {'journey': 'validated', 'reached_on': validated_on, 'competes': false},
        ]) as step
    from oracle_leads_as_of(known_on)
)
select
    step['journey'] as journey,
    lead_id as unit_id,
    lead_id,
    account_id,
    channel,
    source,
    segment,
    region,
    created_on::timestamp as started_at,
    1 as ages_per_day,
    entry_age,
    step['reached_on']::timestamp as reached_at,
    case when step['competes'] then case when step['journey'] = 'won' then lost_on else closed_on end end::timestamp as ended_at,
    case when step['journey'] = 'won' then won_amount end as amount
from steps
where step['journey'] <> 'decision_maker' or first_call_on is not null;
