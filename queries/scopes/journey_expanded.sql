-- From an account's first win to its first expansion booking, with the amount; competing: churn. Unit: customer account.
-- The channel is that of the winning lead, fixed at the first win; of two wins on one day it is the one with the smaller id.
create or replace macro journey_expanded(known_on) as table
with
customers as (
    select
        leads.account_id,
        min(opportunities.closed_on) as won_on,
        arg_min(leads.lead_id, (opportunities.closed_on, opportunities.opportunity_id)) as lead_id
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where opportunities.outcome = 'won' and opportunities.closed_on <= known_on and leads.created_on <= known_on
    group by leads.account_id
),
bookings as (
    select
        customers.account_id,
        min(revenue.booked_on) filter (where revenue.kind = 'expansion') as expanded_on,
        arg_min(revenue.arr_amount, (revenue.booked_on, revenue.booked_at, revenue.arr_amount))
            filter (where revenue.kind = 'expansion') as amount,
        min(revenue.booked_on) filter (where revenue.kind = 'churn') as churned_on
    from customers
    inner join snapshot.fact_revenue as revenue using (account_id)
    where revenue.booked_on > customers.won_on and revenue.booked_on <= known_on
    group by customers.account_id
)
select
    customers.account_id as unit_id,
    customers.lead_id,
    customers.account_id,
    leads.channel,
    leads.source,
    leads.segment,
    leads.region,
    customers.won_on::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    bookings.expanded_on::timestamp as reached_at,
    bookings.churned_on::timestamp as ended_at,
    bookings.amount
from customers
inner join snapshot.fact_leads as leads using (lead_id)
left join bookings on customers.account_id = bookings.account_id;
