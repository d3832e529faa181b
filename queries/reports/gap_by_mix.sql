-- title:     The gap of the channels, like for like and by mix
-- stage:     close
-- home:      compare, report
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: none
-- reads:     How much of the gap in leads won remains when both channels had the same mix of segments, and how much the mix makes.
-- needs:     leads.created_at, leads.segment, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 540, outbound 540
-- also:      measure, horizon_days, inbound_share, outbound_share, inbound_count, outbound_count, rate, rate_low, rate_high, mix,
--   mix_low, mix_high, inbound_like_for_like, inbound_like_for_like_low, inbound_like_for_like_high, outbound_like_for_like,
--   outbound_like_for_like_low, outbound_like_for_like_high, is_reversed, overlap_share
-- across:    Both channels at one age. Crude is what the business gets, like for like is the same mix, mix is what targeting chose.
-- caveat:    Strata are the segments, or what the reader slices by: fixed before contact, never a later stage.
-- caveat:    The estimate is the crude difference, outbound less inbound; rate (like for like) and mix add up to it exactly, over all
--   strata and stratum by stratum (Kitagawa 1955). Like for like each channel has the mix of both together.
-- caveat:    A stratum with fewer than 10 leads old enough in a channel has no overlap: it is listed, with the status too_few, and left
--   out of the sums; overlap_share says how many leads remain.
-- caveat:    The ranges are gamma limits of standardised shares (Fay and Feuer 1997): a stratum in which nobody is won yet widens them.
-- caveat:    is_reversed: like for like the other channel is higher. A description: moving leads between channels may do something else.
-- answers:   S1.47, S1.59
with

parts as (

    select
        *,
        (inbound_overlap * inbound_total + outbound_overlap * outbound_total) / nullif(inbound_total + outbound_total, 0)
            as overlap_share,
        least(inbound_old_enough, outbound_old_enough) as old_enough
    from kitagawa_of(
        'won',
        struct_update(
            $scope, slice_by := case when $scope['slice_by'] in ('source', 'region') then $scope['slice_by'] else 'segment' end
        ),
        $horizon['outbound']
    )

)

select
    'all' as slice,
    'difference' as channel,
    null::bigint as numerator,
    inbound_count + outbound_count as denominator,
    difference as estimate,
    difference_low as low,
    difference_high as high,
    old_enough as n_old_enough,
    case when difference is null then 'too_few' when old_enough >= 100 then 'ok' else 'provisional' end as status,
    case part when 'total' then 'all' else slice end as measure,
    $horizon['outbound'] as horizon_days,
    inbound_share,
    outbound_share,
    inbound_count,
    outbound_count,
    rate,
    rate_low,
    rate_high,
    mix,
    mix_low,
    mix_high,
    inbound_standardised as inbound_like_for_like,
    inbound_standardised_low as inbound_like_for_like_low,
    inbound_standardised_high as inbound_like_for_like_high,
    outbound_standardised as outbound_like_for_like,
    outbound_standardised_low as outbound_like_for_like_low,
    outbound_standardised_high as outbound_like_for_like_high,
    is_reversed,
    overlap_share
from parts
