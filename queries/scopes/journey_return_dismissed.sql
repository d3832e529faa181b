-- From the dismissal of a lead to a new opportunity in the same account (its own reopening included): how many dismissed
-- leads later prove good. Nothing competes; unit is the dismissed lead, accounts may hold several. A lead without an account is
-- a family of its own.
create or replace macro journey_return_dismissed(known_on) as table
with
dismissed as (
    select
        *,
        coalesce('account ' || account_id, 'lead ' || lead_id) as family
    from snapshot.fact_leads
    where created_on <= known_on and disqualified_on <= known_on
),
returns as (
    select
        dismissed.lead_id,
        min(opportunities.created_on) as returned_on
    from dismissed
    inner join snapshot.fact_leads as others
        on dismissed.family = coalesce('account ' || others.account_id, 'lead ' || others.lead_id)
    inner join snapshot.fact_opportunities as opportunities on others.lead_id = opportunities.lead_id
    where
        others.created_on <= known_on
        and opportunities.created_on > dismissed.disqualified_on
        and opportunities.created_on <= known_on
    group by dismissed.lead_id
)
select
    dismissed.lead_id as unit_id,
    dismissed.lead_id,
    dismissed.account_id,
    dismissed.channel,
    dismissed.source,
    dismissed.segment,
    dismissed.region,
    dismissed.disqualified_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    returns.returned_on::timestamp as reached_at,
    null::timestamp as ended_at,
    null::decimal(18, 2) as amount
from dismissed
left join returns using (lead_id);
