-- title:     Pass rate and later acceptance, later half against earlier half
-- stage:     qualification
-- home:      qualification, report
-- rows:      (select * exclude (is_later) from units where is_later)
-- headline:  both
-- unit:      ratio
-- of:        units of the later half
-- direction: none
-- reads:     Whether more conversations pass as qualified while sales accepts fewer of the hand-offs: the bar may have moved.
-- needs:     calls.started_at, calls.outcome_code, handoffs.handed_at, handoffs.accepted_at, calls.lead_id
-- links:     handoffs.lead, calls.lead
-- windows:   calls, handoffs
-- horizon:   none
-- also:      measure, later_share, earlier_share, earlier_count, split_on
-- across:    Each channel is compared with its own earlier half.
-- caveat:    The estimate is the share of the later half less that of the earlier one; its range is Newcombe's (method 10).
-- caveat:    passed: conversations that end qualified or with a meeting booked, on the day of the call. accepted: hand-offs that
--   sales accepts within the agreed days, of those old enough to say so, on the day of the hand-off.
-- caveat:    The halves are those of the days between the first and the last conversation chosen. Units are counted as independent.
-- answers:   S0.35, S0.19
with

passes as (

    select
        slice,
        channel,
        'passed' as measure,
        lead_id,
        started_on as counted_on,
        disposition in ('qualified', 'meeting_booked') as is_counted
    from scope_calls($scope)
    where is_conversation

),

acceptances as (

    select
        slice,
        channel,
        'accepted' as measure,
        lead_id,
        handed_on as counted_on,
        coalesce(date_diff('day', handed_on, accepted_at::date) <= setting('sla.acceptance_days'), false) as is_counted
    from scope_handoffs($scope)
    where potential_days >= setting('sla.acceptance_days')

),

halves as (

    select
        slice,
        channel,
        (min(counted_on) + ((max(counted_on) - min(counted_on) + 1) // 2)::integer)::date as split_on
    from passes
    group by slice, channel

),

units as (

    select
        all_units.*,
        halves.split_on,
        all_units.counted_on >= halves.split_on as is_later
    from (
        select * from passes
        union all by name
        select * from acceptances
    ) as all_units
    inner join halves using (slice, channel)

),

counted as (

    select
        slice,
        channel,
        measure,
        split_on,
        count(*) filter (where is_later and is_counted) as later_count,
        count(*) filter (where is_later) as later_units,
        count(*) filter (where not is_later and is_counted) as earlier_events,
        count(*) filter (where not is_later) as earlier_count
    from units
    group by slice, channel, measure, split_on

),

shares as (

    select
        *,
        safe_ratio(later_count, later_units) as later_share,
        safe_ratio(earlier_events, earlier_count) as earlier_share,
        sample_status(least(later_units, earlier_count)) as status
    from counted

)

select
    slice,
    channel,
    later_count as numerator,
    later_units as denominator,
    case when status <> 'too_few' then later_share - earlier_share end as estimate,
    case
        when status <> 'too_few'
            then mover_low(
                later_share,
                wilson_low(later_count, later_units, z_of(95)),
                earlier_share,
                wilson_high(earlier_events, earlier_count, z_of(95))
            )
    end as low,
    case
        when status <> 'too_few'
            then mover_high(
                later_share,
                wilson_high(later_count, later_units, z_of(95)),
                earlier_share,
                wilson_low(earlier_events, earlier_count, z_of(95))
            )
    end as high,
    later_units as n_old_enough,
    status,
    measure,
    case when status <> 'too_few' then later_share end as later_share,
    case when status <> 'too_few' then earlier_share end as earlier_share,
    earlier_count,
    split_on
from shares
