-- title:     Connect rate per dial
-- stage:     reach
-- home:      operations, diagnostic
-- rows:      (select * exclude (is_unmapped), is_connected as is_counted from dials where not is_unmapped)
-- headline:  none
-- unit:      ratio
-- of:        dials
-- direction: none
-- reads:     Of 100 dials, how many are picked up by a person.
-- needs:     calls.started_at, calls.direction, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      lead_count, unmapped_count, dials_per_lead
-- across:    Says nothing of lead quality: it depends on the hour, the age of the list and the number of redials. Calls that
--   come in have a figure of their own (incoming calls answered) and are not counted.
-- caveat:    A voicemail or an engaged line is no connect; a gatekeeper or a wrong person is one: somebody picked up.
-- caveat:    Dials whose outcome code has no entry in the settings are left out and counted beside the rate.
-- caveat:    A call without a direction counts as a dial.
-- caveat:    Dials of one lead resemble each other: the limits rest on leads, not on dials (linearised variance by lead).
-- answers:   S0.19, S0.35
with

dials as (

    select
        slice,
        channel,
        call_id,
        lead_id,
        lead,
        lone_call,
        disposition = 'unmapped' as is_unmapped,
        is_conversation or disposition in ('gatekeeper_block', 'wrong_contact') as is_connected
    from scope_calls($scope)
    where direction is distinct from 'inbound'

),

by_lead as (

    select
        slice,
        channel,
        lead,
        lone_call,
        count(*) filter (where not is_unmapped) as dial_count,
        count(*) filter (where is_connected) as connect_count,
        count(*) filter (where is_unmapped) as unmapped_count
    from dials
    group by slice, channel, lead, lone_call

),

totals as (

    select
        slice,
        channel,
        sum(dial_count)::bigint as dial_count,
        sum(connect_count)::bigint as connect_count,
        sum(unmapped_count)::bigint as unmapped_count,
        count(*) filter (where dial_count > 0) as lead_count,
        safe_ratio(sum(connect_count), sum(dial_count)) as share
    from by_lead
    group by slice, channel

),

-- Dials within a lead are not independent: the variance sums the deviations of each lead, x - pn, before it squares them.
-- Written out as sums of whole numbers, which have no order.
spread as (

    select
        slice,
        channel,
        sum(connect_count * connect_count)::bigint as connect_squares,
        sum(connect_count * dial_count)::bigint as products,
        sum(dial_count * dial_count)::bigint as dial_squares
    from by_lead
    group by slice, channel

),

deviations as (

    select
        totals.*,
        spread.connect_squares - 2 * totals.share * spread.products + totals.share ** 2 * spread.dial_squares as squares
    from totals
    inner join spread using (slice, channel)

),

rates as (

    select
        *,
        clustered_n(
            share, safe_ratio(squares * lead_count, (lead_count - 1) * dial_count ** 2), dial_count, lead_count
        ) as worth,
        sample_status(dial_count) as status
    from deviations

)

select
    slice,
    channel,
    connect_count as numerator,
    dial_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * worth, worth, z_of(95)) end as high,
    dial_count as n_old_enough,
    status,
    lead_count,
    unmapped_count,
    case when status <> 'too_few' then safe_ratio(dial_count, lead_count) end as dials_per_lead
from rates
