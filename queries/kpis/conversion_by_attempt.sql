-- title:     Conversion by attempt
-- stage:     qualification
-- home:      operations, detail
-- rows:      (select * exclude (is_unmapped), is_conversion as is_counted from attempts where not is_unmapped)
-- counter:   overchase_effort_share
-- headline:  none
-- unit:      ratio
-- of:        leads tried
-- first:     attempt_1
-- direction: none
-- reads:     Of 100 leads that are called a first, second or further time without a result so far, how many are qualified, or book a
--   meeting, on that call.
-- needs:     leads.created_at, calls.started_at, calls.direction, calls.outcome_code, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      measure, attempts_for_one, attempts_for_one_low, attempts_for_one_high, cumulative_share, cumulative_low, cumulative_high,
--   followed_count, unmapped_count, lead_count, attempt_count, conversion_count, attempts_per_conversion,
--   attempts_per_conversion_low, attempts_per_conversion_high
-- apart:     The attempts that come late are nearly all of one channel, so together the line would show the mix of the channels.
-- across:    An inbound lead asked to be called, an outbound lead did not: the same attempt finds them at different stages.
-- caveat:    Converted means the first conversation with the outcome qualified or meeting booked. An attempt is a call we make, or one
--   without a direction; after the conversion, on whatever call, calls are no attempts any more.
-- caveat:    Each attempt is set against the leads that got it: those still tried, given up or closed before it are in no denominator
--   of it. The eighth attempt and later ones stand together, and there each attempt counts, not each lead.
-- caveat:    cumulative_share is the share converted by that attempt if all leads were tried that often (Kaplan-Meier over attempts). Leads
--   are given up that look weak, so it is an upper end of what more attempts would bring.
-- caveat:    An attempt whose outcome has no entry in the settings is left out and counted; the next keeps its number.
-- caveat:    attempts_per_conversion counts the attempts to leads that never converted too. Its limits are on the log scale and rest
--   on leads (linearised variance); it needs 10 conversions.
-- answers:   S1.44, S0.15
with

numbered as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.lead,
        calls.call_id,
        calls.disposition = 'unmapped' as is_unmapped,
        calls.disposition in ('qualified', 'meeting_booked') as is_conversion,
        calls.dials_before + 1 as attempt_number
    from scope_leads($scope) as leads
    inner join snapshot.fact_calls as calls using (lead)
    where
        calls.started_on <= $scope['as_of']::date
        and calls.direction is distinct from 'inbound'
        and not calls.is_after_conversion

),

attempts as (

    select
        *,
        case when attempt_number < 8 then 'attempt_' || attempt_number else 'attempt_8_or_more' end as measure
    from numbered

),

by_attempt as (

    select
        slice,
        channel,
        measure,
        bool_or(attempt_number >= 8) as is_tail,
        count(*) filter (where not is_unmapped) as tried_count,
        count(*) filter (where is_conversion) as conversion_count,
        count(*) filter (where is_unmapped) as unmapped_count
    from attempts
    group by slice, channel, measure

),

-- The product over the attempts of the share that did not convert, and Greenwood's sum.
so_far as (

    select
        *,
        coalesce(sum(conversion_count) over before, 0) as converted_before,
        product(1 - safe_ratio(conversion_count, tried_count)) over to_here as open_share,
        sum(safe_ratio(conversion_count, tried_count * (tried_count - conversion_count))) over to_here as hazard_variance,
        min(tried_count) over to_here as least_count
    from by_attempt
    window
        to_here as (partition by slice, channel order by measure rows between unbounded preceding and current row),
        before as (partition by slice, channel order by measure rows between unbounded preceding and 1 preceding)

),

cumulated as (

    select
        *,
        maturity_status(tried_count, tried_count) as status,
        1 - open_share as cumulative,
        open_share * sqrt(coalesce(hazard_variance, 0)) as cumulative_se,
        (converted_before + conversion_count)::bigint as converted_so_far,
        (converted_before + tried_count)::bigint as followed_count
    from so_far

),

by_lead as (

    select
        slice,
        channel,
        lead,
        count(*) as attempt_count,
        count(*) filter (where is_conversion) as conversion_count
    from attempts
    group by slice, channel, lead

),

-- Sums of whole numbers, which have no order.
totals as (

    select
        slice,
        channel,
        count(*) as lead_count,
        sum(attempt_count)::bigint as attempt_count,
        sum(conversion_count)::bigint as conversion_count,
        safe_ratio(sum(attempt_count), sum(conversion_count)) as ratio,
        sqrt(
            greatest(
                0,
                safe_ratio(sum(attempt_count * attempt_count), sum(attempt_count) ** 2)
                - 2 * safe_ratio(sum(attempt_count * conversion_count), sum(attempt_count) * sum(conversion_count))
                + safe_ratio(1, sum(conversion_count))
            ) * count(*) / nullif(count(*) - 1, 0)
        ) as log_se,
        sum(conversion_count) >= minimum('events') as is_given
    from by_lead
    group by slice, channel

),

rates as (

    select
        cumulated.*,
        totals.lead_count,
        totals.attempt_count,
        totals.conversion_count as all_conversion_count,
        case when totals.is_given then totals.ratio end as ratio,
        totals.log_se,
        cumulated.status <> 'too_few' as is_shown,
        cumulated.status <> 'too_few' and not cumulated.is_tail and cumulated.least_count > 0 as is_cumulated,
        safe_ratio(cumulated.conversion_count, cumulated.tried_count) as share,
        wilson_low(cumulated.conversion_count, cumulated.tried_count, z_of(95)) as low,
        wilson_high(cumulated.conversion_count, cumulated.tried_count, z_of(95)) as high
    from cumulated
    inner join totals using (slice, channel)

)

select
    slice,
    channel,
    conversion_count as numerator,
    tried_count as denominator,
    case when is_shown then share end as estimate,
    case when is_shown then low end as low,
    case when is_shown then high end as high,
    tried_count as n_old_enough,
    status,
    measure,
    case when is_shown then safe_ratio(1, share) end as attempts_for_one,
    case when is_shown and share > 0 then safe_ratio(1, high) end as attempts_for_one_low,
    case when is_shown and share > 0 then safe_ratio(1, low) end as attempts_for_one_high,
    case when is_cumulated then cumulative end as cumulative_share,
    case when is_cumulated then incidence_low(cumulative, cumulative_se, converted_so_far, followed_count, z_of(95)) end
        as cumulative_low,
    case when is_cumulated then incidence_high(cumulative, cumulative_se, converted_so_far, followed_count, z_of(95)) end
        as cumulative_high,
    followed_count,
    unmapped_count,
    lead_count,
    attempt_count,
    all_conversion_count as conversion_count,
    ratio as attempts_per_conversion,
    ratio * exp(-z_of(95) * log_se) as attempts_per_conversion_low,
    ratio * exp(z_of(95) * log_se) as attempts_per_conversion_high
from rates
