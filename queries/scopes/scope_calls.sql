-- The calls made in the chosen days up to as_of, one row each, with the channel of origin and the slice of their lead. An
-- activity is counted on the day it happened, so from and to are days of the call, not of the lead. A call without a lead,
-- or with one that was created after as_of, has the channel `unknown` and blank dimensions; its lead_created_at is
-- null.
create or replace macro scope_calls(scope) as table
with
placed as (
    select
        calls.*,
        coalesce(leads.channel, unknown_channel()) as channel,
        or_blank(leads.source) as source,
        or_blank(leads.segment) as segment,
        or_blank(leads.region) as region,
        leads.created_at as lead_created_at,
        leads.created_on as lead_created_on,
        leads.language_pref,
        leads.timezone,
        leads.country
    from snapshot.fact_calls as calls
    left join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id and leads.created_on <= scope['as_of']::date
)
select
    slice_of(scope, source, segment, region) as slice,
    *
from placed
where
    started_on <= scope['as_of']::date
    and in_days(scope, started_on)
    and coalesce(is_watched(scope, lead_created_on), true)
    and in_scope(scope, channel, source, segment, region);
