-- title:     Incoming calls answered
-- stage:     reach
-- home:      inbound, detail
-- rows:      (select * exclude (is_told), ending = 'answered' as is_counted from incoming where ending is not null)
-- counter:   inbound_abandonment
-- headline:  both
-- unit:      ratio
-- of:        incoming calls
-- direction: higher_is_better
-- reads:     Of 100 calls that come in, how many are answered by a person.
-- needs:     calls.started_at, calls.direction, calls.outcome_code
-- links:     none
-- windows:   none
-- withheld:  The file holds answered calls only, or lost ones only, or does not say of most calls whether they were answered.
-- horizon:   none
-- also:      caller_count, voicemail_count, disputed_count, unknown_count, lower_bound, upper_bound
-- across:    A caller is answered or not whatever the channel of origin, so the shares may be compared. Under outbound stand the
--   calls of prospects who ring back.
-- caveat:    Answered is a call whose outcome says that somebody was spoken to, a gatekeeper or a wrong person too; a voicemail is
--   not. Only where the outcome code has no entry in the settings do the time of the answer and the talk time decide.
-- caveat:    A call that nobody answered by its outcome and that has talk time counts as lost, as everywhere, and is counted beside
--   the rate (disputed_count) and among the findings.
-- caveat:    Calls of which neither outcome nor clock says it are left out and counted; the bounds count them as lost and as answered.
-- caveat:    Each call counts, so a caller who rings again until somebody answers counts each time: the limits rest on leads, not on
--   calls (linearised variance by lead).
-- answers:   S0.23, S1.12
with

incoming as (

    select * exclude (wait_seconds)
    from scope_incoming_calls($scope)

),

by_caller as (

    select
        slice,
        channel,
        cluster_id,
        bool_and(is_told) as is_told,
        count(ending) as call_count,
        count(*) filter (where ending = 'answered') as answered_count,
        count(*) filter (where ending = 'voicemail') as voicemail_count,
        count(*) filter (where is_disputed) as disputed_count,
        count(*) filter (where ending is null) as unknown_count
    from incoming
    group by slice, channel, cluster_id

),

totals as (

    select
        slice,
        channel,
        bool_and(is_told) as is_told,
        count(*) filter (where call_count > 0) as caller_count,
        sum(call_count)::bigint as call_count,
        sum(answered_count)::bigint as answered_count,
        sum(voicemail_count)::bigint as voicemail_count,
        sum(disputed_count)::bigint as disputed_count,
        sum(unknown_count)::bigint as unknown_count,
        safe_ratio(sum(answered_count), sum(call_count)) as share,
        sum(answered_count * answered_count)::bigint as answered_squares,
        sum(answered_count * call_count)::bigint as products,
        sum(call_count * call_count)::bigint as call_squares
    from by_caller
    group by slice, channel

),

-- Sums of whole numbers, which have no order: the squared deviations x - pn of the callers.
rates as (

    select
        *,
        clustered_share_n(share, answered_squares, products, call_squares, call_count, caller_count) as worth,
        case when not is_told or unknown_count > call_count then 'not_available' else sample_status(call_count) end as status
    from totals

)

select
    slice,
    channel,
    answered_count as numerator,
    call_count as denominator,
    case when status in ('ok', 'provisional') then share end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(share * worth, worth, z_of(95)) end as high,
    call_count as n_old_enough,
    status,
    caller_count,
    voicemail_count,
    disputed_count,
    unknown_count,
    case
        when status in ('ok', 'provisional') and unknown_count > 0 then safe_ratio(answered_count, call_count + unknown_count)
    end as lower_bound,
    case
        when status in ('ok', 'provisional') and unknown_count > 0
            then safe_ratio(answered_count + unknown_count, call_count + unknown_count)
    end as upper_bound
from rates
