-- The calls made in the chosen days up to as_of, one row each (columns of fact_calls, queries/counts/fact_calls.sql), with the
-- channel of origin and the slice of their lead. An activity is counted on the day it happened, so from and to are days of the call,
-- not of the lead. A call without a lead, or with one that was created after as_of, has the channel `unknown` and blank dimensions.
-- lone_call tells calls that name no lead from each other, null for all others: by lead and lone_call each of them stands alone.
create or replace macro scope_calls(scope) as table
with
known as (
    select
        * replace (
            case when lead_created_on <= scope['as_of']::date then dim end as dim,
            case when lead_created_on <= scope['as_of']::date then lead_created_on end as lead_created_on
        )
    from snapshot.fact_calls
    where
        started_on <= scope['as_of']::date
        and in_days(scope, started_on)
),
placed as (
    select
        known.* exclude (dim),
        case when known.lead is null then known.turn end as lone_call,
        coalesce(dims.channel, unknown_channel()) as channel,
        or_blank(dims.source) as source,
        or_blank(dims.segment) as segment,
        or_blank(dims.region) as region
    from known
    left join snapshot.dims as dims on known.dim = dims.dim
)
select
    slice_of(scope, source, segment, region) as slice,
    *
from placed
where
    coalesce(is_watched(scope, lead_created_on), true)
    and in_scope(scope, channel, source, segment, region);
