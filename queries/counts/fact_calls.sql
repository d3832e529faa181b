-- title:  Calls in the order of their leads
-- grain:  one row per call
-- The calls (queries/facts/calls.sql, read here as unplaced_calls), those of a lead one after the other, with the number of the
-- lead, its small key into dims, and what went before the call: its turn among the calls of the lead, how many dials and unanswered
-- dials the lead had before, whether it was qualified or booked before, whether it spoke, called or met us before that moment. All of
-- it rests on earlier calls alone, so it holds on any day. Calls that name no lead are numbered too, and have no history.
-- Sums run over the rows as they stand, less what they were where the lead begins: that needs no further sorting. (sqlfluff takes the
-- `rows` of a frame without an order for the name of a window.)
-- noqa: disable=PRS
with

placed as (

    select
        calls.*,
        keys.lead,
        keys.dim,
        keys.created_on as lead_created_on,
        keys.meeting_on as met_on,
        coalesce(calls.started_at, calls.started_on::timestamp) as moment,
        (calls.direction is distinct from 'inbound')::integer as dialled,
        (dialled = 1 and not calls.is_conversation and calls.disposition <> 'unmapped')::integer as unanswered,
        coalesce(calls.disposition in ('qualified', 'meeting_booked'), false)::integer as converted,
        (calls.is_conversation or dialled = 0)::integer as signed
    from unplaced_calls as calls
    left join snapshot.lead_keys as keys on calls.lead_id = keys.lead_id
    order by lead, calls.started_on, moment, calls.call_id

),

numbered as (

    select
        *,
        row_number() over () as place,
        coalesce(lag(lead, 1, 0) over () <> lead, lag(lead, 1, 0) over () is null <> (lead is null)) as is_first,
        coalesce(lag(moment) over () <> moment, true) as is_next_moment,
        sum(dialled) over (rows between unbounded preceding and current row) - dialled as dialled_before,
        sum(unanswered) over (rows between unbounded preceding and current row) - unanswered as unanswered_before_here,
        sum(converted) over (rows between unbounded preceding and current row) - converted as converted_before,
        sum(signed) over (rows between unbounded preceding and current row) - signed as signed_before
    from placed

),

begun as (

    select
        *,
        max(case when is_first then place end) over (rows between unbounded preceding and current row) as first_place,
        max(case when is_first then dialled_before end) over (rows between unbounded preceding and current row) as first_dialled,
        max(case when is_first then unanswered_before_here end) over (rows between unbounded preceding and current row) as first_unanswered,
        max(case when is_first then converted_before end) over (rows between unbounded preceding and current row) as first_converted,
        max(case when is_first then signed_before end) over (rows between unbounded preceding and current row) as first_signed,
        max(case when is_first or is_next_moment then signed_before end) over (rows between unbounded preceding and current row)
            as moment_signed
    from numbered

)

select
    * exclude (
        met_on, moment, dialled, unanswered, converted, signed, place, is_first, is_next_moment, dialled_before,
        unanswered_before_here, converted_before, signed_before, first_place, first_dialled, first_unanswered, first_converted,
        first_signed, moment_signed
    ),
    (place - first_place + 1)::integer as turn,
    case when lead is not null then (dialled_before - first_dialled)::integer end as dials_before,
    case when lead is not null then (unanswered_before_here - first_unanswered)::integer end as unanswered_before,
    lead is not null and converted_before > first_converted as is_after_conversion,
    lead is not null and (moment_signed > first_signed or coalesce(met_on < started_on, false)) as is_after_sign
from begun
