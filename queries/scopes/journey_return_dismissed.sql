-- From the dismissal of a lead to a new opportunity in the same account (its own reopening included): how many dismissed
-- leads later prove good. Nothing competes; unit is the dismissed lead, accounts may hold several. A lead without an account is
-- a family of its own.
create or replace macro journey_return_dismissed(known_on) as table
with
openings as (
    select
        coalesce(leads.account, -leads.lead) as family,
        opportunities.created_on
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.lead_events as leads on opportunities.lead_id = leads.lead_id
    where leads.created_on <= known_on and opportunities.created_on <= known_on
),
dismissed as (
    select
        *,
        coalesce(account, -lead) as family
    from snapshot.lead_events
    where created_on <= known_on and disqualified_on <= known_on
),
returns as (
    select
        dismissed.lead,
        min(openings.created_on) as returned_on
    from dismissed
    inner join openings on dismissed.family = openings.family and dismissed.disqualified_on < openings.created_on
    group by dismissed.lead
)
select
    dismissed.lead_id as unit_id,
    dismissed.lead_id,
    dismissed.account_id,
    dismissed.account,
    dims.channel,
    dims.source,
    dims.segment,
    dims.region,
    dismissed.disqualified_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    returns.returned_on::timestamp as reached_at,
    null::timestamp as ended_at,
    null::decimal(18, 2) as amount,
    dismissed.disqualified_reason
from dismissed
inner join snapshot.dims as dims using (dim)
left join returns using (lead);
