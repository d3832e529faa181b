-- title:     Conversion by response delay
-- stage:     reach
-- home:      inbound, detail
-- rows:      (select *, is_qualified as is_counted from followed where not is_too_late)
-- headline:  none
-- unit:      ratio
-- of:        leads answered
-- first:     delay_2_5_to_60_minutes
-- direction: none
-- reads:     Of 100 leads answered after such a delay, how many are qualified in the 30 days that follow, at an equal mix of sources,
--   segments and hours.
-- needs:     leads.created_at, leads.sql_at, leads.source, leads.segment, calls.started_at, calls.direction, calls.lead_id
-- links:     calls.lead
-- windows:   calls
-- withheld:  A source or segment has no lead in this band, so its share cannot be standardized.
-- horizon:   none
-- also:      measure, crude_share, crude_low, crude_high, overlap_share, left_out_count, trend_z
-- apart:     How soon a lead is answered hangs on its channel, and so does its conversion: together the one would stand for the other.
-- across:    An association seen within a channel: it is no comparison of channels, and outbound leads wait for no answer.
-- caveat:    Reps call the promising leads first, so a gap between delays is not what speed alone would bring. Published odds of 21 to
--   100 times are of the same observational kind.
-- caveat:    Each delay is counted from its own end (5 minutes, 1 hour, 1 day, 1 week): a lead qualified or closed before that day is
--   left out and counted, for it could not wait any longer. No answer in a week is its own line.
-- caveat:    A lead with a response before it was created is left out: its delay is unknown.
-- caveat:    The mix is that of all delays together, over source, segment and whether the lead came in business hours; a cell counts
--   where each delay with 30 leads has at least 10. The share of leads in such cells is given.
-- caveat:    The range at the equal mix is a gamma interval (Fay and Feuer 1997): a cell in which nobody qualified widens it.
-- caveat:    The trend is a normal score over the delays in their order within cells (Mantel); below 0 means later and less.
-- answers:   S0.23
with

answered_leads as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.source,
        leads.segment,
        leads.created_at,
        leads.created_on,
        leads.potential_days,
        leads.qualified_on,
        least(leads.won_on, leads.lost_on) as closed_on,
        list_contains(setting_list('business_hours.days'), lower(strftime(leads.created_at, '%a')))
        and hour(leads.created_at) >= setting('business_hours.from_hour')
        and hour(leads.created_at) < setting('business_hours.to_hour') as is_in_hours,
        elapsed_seconds(leads.created_at, responses.reached_at) / 60.0 as waited_minutes,
        responses.reached_at is not null as is_answered
    from scope_leads($scope) as leads
    inner join journey_response($scope['as_of']::date) as responses using (lead_id)

),

-- The landmark is the end of the band: before it nobody knows that the lead belongs to the band.
banded as (

    select
        * exclude (created_at),
        case
            when not is_answered then {'measure': 'delay_5_never', 'place': 5, 'edge': 10080}
            when waited_minutes < 5 then {'measure': 'delay_1_under_5_minutes', 'place': 1, 'edge': 5}
            when waited_minutes < 60 then {'measure': 'delay_2_5_to_60_minutes', 'place': 2, 'edge': 60}
            when waited_minutes < 1440 then {'measure': 'delay_3_1_to_24_hours', 'place': 3, 'edge': 1440}
            else {'measure': 'delay_4_over_24_hours', 'place': 4, 'edge': 10080}
        end as band,
        (created_at + to_minutes(case
            when not is_answered or waited_minutes >= 1440 then 10080
            when waited_minutes < 5 then 5
            when waited_minutes < 60 then 60
            else 1440
        end))::date as landmark_on
    from answered_leads
    where waited_minutes is not null or not is_answered

),

-- Equal follow-up: the landmark and thirty whole days after it lie before as_of, so nothing is censored.
followed as (

    select
        slice,
        channel,
        lead_id,
        source,
        segment,
        is_in_hours,
        band['measure'] as measure,
        band['place'] as place,
        coalesce(least(qualified_on, closed_on) < landmark_on, false) as is_too_late,
        coalesce(qualified_on between landmark_on and landmark_on + 30, false) as is_qualified
    from banded
    where potential_days >= 30 + ceil(band['edge'] / 1440.0)

),

cells as (

    select
        slice,
        channel,
        source,
        segment,
        is_in_hours,
        measure,
        place,
        count(*) filter (where not is_too_late) as lead_count,
        count(*) filter (where not is_too_late and is_qualified) as qualified_count,
        count(*) filter (where is_too_late) as left_out_count
    from followed
    group by all

),

bands as (

    select
        slice,
        channel,
        measure,
        place,
        sum(lead_count)::bigint as lead_count,
        sum(qualified_count)::bigint as qualified_count,
        sum(left_out_count)::bigint as left_out_count
    from cells
    group by slice, channel, measure, place

),

large_bands as (

    select
        slice,
        channel,
        count(*) as band_count
    from bands
    where lead_count >= 30
    group by slice, channel

),

-- Overlap: every band large enough to be shown is present in the cell with ten leads or more.
strata as (

    select
        cells.slice,
        cells.channel,
        cells.source,
        cells.segment,
        cells.is_in_hours,
        sum(cells.lead_count)::bigint as weight
    from cells
    inner join bands using (slice, channel, measure)
    inner join large_bands using (slice, channel)
    where bands.lead_count >= 30 and cells.lead_count >= 10
    group by cells.slice, cells.channel, cells.source, cells.segment, cells.is_in_hours, large_bands.band_count
    having count(*) = large_bands.band_count

),

compared as (

    select
        slice,
        channel,
        cells.source,
        cells.segment,
        cells.is_in_hours,
        cells.measure,
        cells.place,
        cells.lead_count,
        cells.qualified_count,
        strata.weight,
        cells.qualified_count / cells.lead_count::double as cell_share
    from cells
    inner join bands using (slice, channel, measure)
    inner join strata using (slice, channel, source, segment, is_in_hours)
    where bands.lead_count >= 30

),

-- Direct standardisation (statistics.md 12), the cells in a fixed order; the mix is that of the leads, so it weighs as given.
standardised as (

    select
        slice,
        channel,
        measure,
        sum(lead_count)::bigint as compared_count,
        list(cell_share order by source, segment, is_in_hours) as cell_shares,
        list(cell_share * (1 - cell_share) / lead_count order by source, segment, is_in_hours) as cell_variances,
        list(lead_count order by source, segment, is_in_hours) as cell_counts,
        list(weight order by source, segment, is_in_hours) as cell_weights
    from compared
    group by slice, channel, measure

),

sized as (

    select
        *,
        standardised_share(cell_shares, cell_weights) as share,
        standardised_limits(cell_shares, cell_variances, cell_counts, cell_weights) as limits
    from standardised

),

-- Mantel's extension over the places of the bands: the cells' observed minus expected scores over their hypergeometric variance.
cell_scores as (

    select
        slice,
        channel,
        source,
        segment,
        is_in_hours,
        sum(lead_count)::double as n,
        sum(qualified_count)::double as x,
        sum(place * qualified_count)::double as observed,
        sum(place * lead_count)::double as scores,
        sum(place * place * lead_count)::double as score_squares
    from compared
    group by slice, channel, source, segment, is_in_hours

),

trends as (

    select
        slice,
        channel,
        sum(observed - x * scores / n order by source, segment, is_in_hours)
        / nullif(
            sqrt(
                sum(x * (n - x) * (n * score_squares - scores ** 2) / (n ** 2 * (n - 1)) order by source, segment, is_in_hours)
            ),
            0
        ) as trend_z
    from cell_scores
    group by slice, channel

),

-- A band below thirty leads is not standardised; where no cell has every band, nothing can be said at an equal mix.
gated as (

    select
        bands.*,
        sized.compared_count,
        sized.share,
        sized.limits,
        trends.trend_z,
        case
            when bands.lead_count < 30 then 'too_few'
            when sized.share is null then 'not_available'
            else 'ok'
        end as status
    from bands
    left join sized using (slice, channel, measure)
    left join trends using (slice, channel)

)

select
    slice,
    channel,
    qualified_count as numerator,
    lead_count as denominator,
    case when status = 'ok' then share end as estimate,
    case when status = 'ok' then limits['low'] end as low,
    case when status = 'ok' then limits['high'] end as high,
    lead_count as n_old_enough,
    status,
    measure,
    case when status <> 'too_few' then safe_ratio(qualified_count, lead_count) end as crude_share,
    case when status <> 'too_few' then wilson_low(qualified_count, lead_count, z_of(95)) end as crude_low,
    case when status <> 'too_few' then wilson_high(qualified_count, lead_count, z_of(95)) end as crude_high,
    case when status <> 'too_few' then safe_ratio(coalesce(compared_count, 0), lead_count) end as overlap_share,
    left_out_count,
    case when status = 'ok' then trend_z end as trend_z
from gated
