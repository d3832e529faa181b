-- The hand-offs of the chosen days up to as_of, one row each, as known on as_of: what sales did later is blank. With the
-- channel of origin, the slice and the standing (won, lost) of their lead. From and to are days of the hand-off.
create or replace macro scope_handoffs(scope) as table
select
    slice_of(scope, states.source, states.segment, states.region) as slice,
    states.channel,
    states.account_id,
    states.won_on,
    states.lost_on,
    handoffs.lead_id,
    handoffs.handed_at,
    handoffs.handed_at::date as handed_on,
    case when handoffs.accepted_at::date <= scope['as_of']::date then handoffs.accepted_at end as accepted_at,
    case when handoffs.rejected_at::date <= scope['as_of']::date then handoffs.rejected_at end as rejected_at,
    case when handoffs.first_sales_touch_at::date <= scope['as_of']::date then handoffs.first_sales_touch_at end
        as first_sales_touch_at,
    case when handoffs.feedback_at::date <= scope['as_of']::date then handoffs.feedback_at end as feedback_at,
    date_diff('day', handoffs.handed_at::date, scope['as_of']::date) as potential_days
from snapshot.fact_handoffs as handoffs
inner join leads_as_of(scope['as_of']::date) as states using (lead_id)
where
    handoffs.handed_at::date <= scope['as_of']::date
    and in_days(scope, handoffs.handed_at::date)
    and is_watched(scope, states.created_on)
    and in_scope(scope, states.channel, states.source, states.segment, states.region);
