-- title:     Outcomes of all calls
-- stage:     qualification
-- home:      qualification, report
-- rows:      (select slice, channel, call_id, is_conversation, disposition as measure, true as is_counted from calls)
-- headline:  none
-- unit:      ratio
-- of:        calls
-- direction: none
-- reads:     How calls end: every outcome class apart, and calls without a mapped outcome as a class of their own.
-- needs:     calls.started_at, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure, codes
-- across:    Which endings are frequent depends on the stage a channel calls at: the mix is a description, not a verdict.
-- caveat:    The shares of a channel add up to 1. Calls of one rep are counted as independent.
-- caveat:    codes lists the outcome codes behind a class as the dialler writes them: of unmapped, those to map.
-- answers:   S0.18
with

calls as (

    select
        slice,
        channel,
        call_id,
        is_conversation,
        disposition,
        coalesce(trim(outcome_code), '') as code
    from scope_calls($scope)

),

classes as (

    select
        slice,
        channel,
        disposition as measure,
        count(*) as counted,
        (sum(count(*)) over (partition by slice, channel))::bigint as call_count,
        array_to_string(
            list_sort(list(distinct case when code = '' then '(blank)' else code end)), ', '
        ) as codes
    from calls
    group by slice, channel, disposition

)

select
    slice,
    channel,
    counted as numerator,
    call_count as denominator,
    case when call_count >= 10 then safe_ratio(counted, call_count) end as estimate,
    case when call_count >= 10 then wilson_low(counted, call_count, z_of(95)) end as low,
    case when call_count >= 10 then wilson_high(counted, call_count, z_of(95)) end as high,
    call_count as n_old_enough,
    sample_status(call_count) as status,
    measure,
    codes
from classes
