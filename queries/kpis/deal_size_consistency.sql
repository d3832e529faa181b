-- title:     Deal size consistency
-- stage:     close
-- home:      outbound, headline
-- rows:      won_deals
-- counter:   average_contract_value
-- headline:  outbound
-- unit:      index
-- of:        won deals
-- direction: lower_is_better
-- reads:     How widely won deals spread around their middle: 0 is all alike, towards 1 is all over the place.
-- needs:     opportunities.outcome, opportunities.acv
-- links:     opportunities.lead
-- windows:   none
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      first_quartile, third_quartile, log_sd, geometric_cv
-- across:    Mixing segments widens the spread: compare within a segment, then pooled.
-- caveat:    Quartile coefficient of dispersion (Q3 - Q1)/(Q3 + Q1) with type-7 quantiles; textbooks use type 6.
-- caveat:    Interval after Bonett 2006 on the log scale, with the density at both quartiles taken from order statistics.
-- caveat:    Deals that name no lead have the channel unknown, and are chosen by the day of their own creation.
-- answers:   S1.85
with

won_deals as (

    select *
    from scope_deal_sizes($scope)
    where acv > 0

),

sizes as (

    select
        slice,
        channel,
        count(*) as deal_count,
        quantile_cont(acv, .25)::double as q1,
        quantile_cont(acv, .75)::double as q3,
        list(acv::double order by acv) as amounts,
        -- From the ordered list, so that the order of the rows cannot change the last digit.
        list_aggregate(list_transform(list(acv::double order by acv), lambda size: ln(size)), 'stddev_samp') as log_sd,
        count(*) >= 20 and count(distinct currency) <= 1 as is_given,
        count(distinct currency) > 1 as is_mixed
    from won_deals
    group by slice, channel
    having count(*) >= 2

),

-- Ranks of a 95 % order-statistic interval around each quartile (Bonett 2006, step 1), kept inside the sample.
ranked as (

    select
        *,
        greatest(1, round(deal_count / 4.0 - 1.96 * sqrt(3 * deal_count / 16.0)))::integer as a,
        least(deal_count, round(deal_count / 4.0 + 1.96 * sqrt(3 * deal_count / 16.0)))::integer as b
    from sizes

),

-- Standard errors of both quartiles from the spread of those order statistics; their correlation is 1/3.
spread as (

    select
        *,
        (amounts[b] - amounts[a]) / (2 * z_of(95)) as se1,
        (amounts[deal_count + 1 - a] - amounts[deal_count + 1 - b]) / (2 * z_of(95)) as se3,
        safe_ratio(q3 - q1, q3 + q1) as qcd
    from ranked

),

-- Delta method for ln of the coefficient: ln(Q3 - Q1) - ln(Q3 + Q1).
log_errors as (

    select
        *,
        sqrt(
            (2 * q3 / nullif(q3 ** 2 - q1 ** 2, 0)) ** 2 * se1 ** 2
            + (2 * q1 / nullif(q3 ** 2 - q1 ** 2, 0)) ** 2 * se3 ** 2
            - 2 * (2 * q3 / nullif(q3 ** 2 - q1 ** 2, 0)) * (2 * q1 / nullif(q3 ** 2 - q1 ** 2, 0)) * se1 * se3 / 3
        ) as log_se
    from spread

)

select
    slice,
    channel,
    null::bigint as numerator,
    deal_count as denominator,
    case when is_given then qcd end as estimate,
    case when is_given then qcd * exp(-z_of(95) * log_se) end as low,
    case when is_given and log_se is not null then least(1.0, qcd * exp(z_of(95) * log_se)) end as high,
    deal_count as n_old_enough,
    case when is_mixed then 'not_available' when is_given then 'ok' else 'too_few' end as status,
    case when is_given then q1 end as first_quartile,
    case when is_given then q3 end as third_quartile,
    case when is_given then log_sd end as log_sd,
    case when is_given then sqrt(exp(log_sd ** 2) - 1) end as geometric_cv
from log_errors
