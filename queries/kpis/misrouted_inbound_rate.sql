-- title:     Conversion path clarity (misroutes)
-- stage:     conversation
-- home:      inbound, detail
-- rows:      (select *, is_in_wrong_place as is_counted from inbound_calls where is_in_wrong_place is not null)
-- headline:  inbound
-- unit:      ratio
-- of:        incoming calls
-- direction: lower_is_better
-- reads:     Of 100 calls that come in, how many land in the wrong place.
-- needs:     calls.direction, calls.misroute, calls.transferred
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      transferred_count, unmarked_transfer_count, unknown_count
-- across:    Only calls that come in are counted. Under outbound stand the calls of prospects who ring back.
-- caveat:    A transfer marked as no misroute went to a specialist and does not count; one that nobody marked counts.
-- caveat:    The extract does not hold the steps of a call: how many it takes to reach the right person is not known.
-- caveat:    A caller who rings twice counts twice; the interval takes calls as independent.
-- answers:   S1.69
with

-- What the desk said about the call goes before the bare fact of a transfer. Neither known: the call is left out.
inbound_calls as (

    select
        slice,
        channel,
        call_id,
        is_transferred,
        is_misrouted is null and is_transferred as is_unmarked_transfer,
        coalesce(is_misrouted, is_transferred) as is_in_wrong_place
    from scope_calls($scope)
    where direction = 'inbound'

),

counted as (

    select
        slice,
        channel,
        count(*) filter (where is_in_wrong_place) as misrouted_count,
        count(is_in_wrong_place) as call_count,
        count(*) filter (where is_transferred) as transferred_count,
        count(*) filter (where is_unmarked_transfer) as unmarked_transfer_count,
        count(*) filter (where is_in_wrong_place is null) as unknown_count,
        sample_status(count(is_in_wrong_place)) as status
    from inbound_calls
    group by slice, channel

)

select
    slice,
    channel,
    misrouted_count as numerator,
    call_count as denominator,
    case when status <> 'too_few' then safe_ratio(misrouted_count, call_count) end as estimate,
    case when status <> 'too_few' then wilson_low(misrouted_count, call_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(misrouted_count, call_count, z_of(95)) end as high,
    call_count as n_old_enough,
    status,
    transferred_count,
    unmarked_transfer_count,
    unknown_count
from counted
