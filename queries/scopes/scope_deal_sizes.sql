-- Won deals of the chosen leads (scope_won_deals), and those that name no lead: their channel and dimensions are `unknown`, and they
-- are chosen by the day on which they were created themselves.
create or replace macro scope_deal_sizes(scope) as table
select
    slice,
    channel,
    opportunity_id,
    lead_id,
    account_id,
    created_on,
    closed_on,
    acv,
    currency
from scope_won_deals(scope)
union all
select
    slice_of(scope, 'unknown', 'unknown', 'unknown') as slice,
    unknown_channel() as channel,
    opportunity_id,
    lead_id,
    account_id,
    created_on,
    closed_on,
    acv,
    currency
from snapshot.fact_opportunities
where
    lead_id is null
    and outcome = 'won'
    and created_on <= scope['as_of']::date
    and closed_on <= scope['as_of']::date
    and created_on >= coalesce(scope['from_on']::date, created_on)
    and created_on <= coalesce(scope['to_on']::date, created_on)
    and in_scope(scope, unknown_channel(), 'unknown', 'unknown', 'unknown');
