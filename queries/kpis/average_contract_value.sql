-- title:     Average contract value
-- stage:     close
-- home:      outbound, headline
-- rows:      won_deals
-- counter:   deal_size_consistency
-- headline:  outbound
-- unit:      money
-- of:        won deals
-- direction: higher_is_better
-- reads:     How big a won deal is: half of them are at least this big.
-- needs:     opportunities.outcome, opportunities.acv
-- links:     opportunities.lead
-- windows:   none
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      currency, mean_amount, first_quartile, third_quartile, largest_amount, largest_share, mean_without_largest
-- across:    Inbound sells to another mix of segments: compare within a segment before reading the gap.
-- caveat:    The headline is the median with its order-statistic interval; one large deal moves the mean, not the median.
-- caveat:    Big deals close later: in a young channel the won deals are the small, quick ones.
-- caveat:    Deals that name no lead have the channel unknown, and are chosen by the day of their own creation.
-- answers:   S1.55, S1.38
with

won_deals as (

    select *
    from scope_deal_sizes($scope)
    where acv is not null

),

sizes as (

    select
        slice,
        channel,
        count(*) as deal_count,
        sum(acv) as total_amount,
        quantile_cont(acv, [.25, .5, .75]) as quartiles,
        max(acv) as largest_amount,
        list(acv::double order by acv) as ordered_amounts,
        case when count(distinct currency) <= 1 then min(currency) end as currency,
        count(*) >= 20 and count(distinct currency) <= 1 as is_given,
        count(distinct currency) > 1 as is_mixed
    from won_deals
    group by slice, channel

),

-- The median's interval runs between two of the deals themselves (Conover 1999): no shape is assumed.
ranked as (

    select
        *,
        binomial_rank(deal_count, .5, .025) as low_rank
    from sizes

)

-- Fewer than 20 won deals: no size is given (w20). Amounts of several currencies are not added up: not available.
select
    slice,
    channel,
    case when is_given then total_amount::double end as numerator,
    deal_count as denominator,
    case when is_given then quartiles[2]::double end as estimate,
    case when is_given and low_rank > 0 then ordered_amounts[low_rank] end as low,
    case when is_given and low_rank > 0 then ordered_amounts[deal_count + 1 - low_rank] end as high,
    deal_count as n_old_enough,
    case when is_mixed then 'not_available' when is_given then 'ok' else 'too_few' end as status,
    currency,
    case when is_given then safe_ratio(total_amount, deal_count) end as mean_amount,
    case when is_given then quartiles[1]::double end as first_quartile,
    case when is_given then quartiles[3]::double end as third_quartile,
    case when is_given then largest_amount::double end as largest_amount,
    case when is_given then safe_ratio(largest_amount, total_amount) end as largest_share,
    case when is_given then safe_ratio(total_amount - largest_amount, deal_count - 1) end as mean_without_largest
from ranked
