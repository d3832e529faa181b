-- From the day an account was targeted to its first opportunity, with the opportunity's amount. Accounts that had an open
-- opportunity when they were targeted are left out (left truncation). Unit: account. An account set is outbound's own list,
-- so the channel is outbound whatever else reached the account; its set stands in the place of the source.
create or replace macro journey_account_opportunity(known_on) as table
with
targeted as (
    select
        account_id,
        set_id,
        min(targeted_on) as targeted_on
    from snapshot.fact_account_sets
    where targeted_on <= known_on
    group by account_id, set_id
),
account_opportunities as (
    select
        coalesce(opportunities.account_id, leads.account_id) as account_id,
        opportunities.opportunity_id,
        opportunities.created_on,
        opportunities.closed_on,
        opportunities.amount
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where opportunities.created_on <= known_on and leads.created_on <= known_on
),
already_open as (
    select distinct targeted.account_id, targeted.set_id
    from targeted
    inner join account_opportunities using (account_id)
    where
        account_opportunities.created_on < targeted.targeted_on
        and coalesce(account_opportunities.closed_on, known_on + 1) >= targeted.targeted_on
),
first_opportunities as (
    select
        targeted.account_id,
        targeted.set_id,
        min(account_opportunities.created_on) as opportunity_on,
        arg_min_null(account_opportunities.amount, (account_opportunities.created_on, account_opportunities.opportunity_id)) as amount
    from targeted
    inner join account_opportunities using (account_id)
    where account_opportunities.created_on >= targeted.targeted_on
    group by targeted.account_id, targeted.set_id
),
account_places as (
    select
        account_id,
        arg_min(segment, (created_on, lead_id)) as segment,
        arg_min(region, (created_on, lead_id)) as region
    from snapshot.fact_leads
    where created_on <= known_on
    group by account_id
)
select
    targeted.account_id as unit_id,
    null::varchar as lead_id,
    targeted.account_id,
    'outbound' as channel,
    targeted.set_id as source,
    or_blank(account_places.segment) as segment,
    or_blank(account_places.region) as region,
    targeted.targeted_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    first_opportunities.opportunity_on::timestamp as reached_at,
    null::timestamp as ended_at,
    first_opportunities.amount
from targeted
anti join already_open using (account_id, set_id)
left join first_opportunities using (account_id, set_id)
left join account_places using (account_id);
