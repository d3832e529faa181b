-- title:     Does the engagement score foretell wins
-- stage:     qualification
-- home:      inbound, detail
-- rows:      (select slice, channel, lead_id, engagement_score, is_won as is_counted,
--            unnest(['all scores: index', 'band ' || lpad(band::varchar, 2, '0') || ': share won']) as measure from old_enough)
-- headline:  none
-- unit:      index
-- of:        pairs of leads
-- first:     all scores: index
-- direction: higher_is_better
-- reads:     How often a lead that was won by its horizon had a higher score than one that was not: 0.5 is a coin toss.
-- needs:     leads.created_at, leads.engagement_score, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 180, outbound 365
-- also:      measure, horizon_days, won_count, mean_score, lowest_score, highest_score
-- across:    A high inbound score is momentum, not fit: where the lines of one band differ, one score means two things.
-- caveat:    It must be the engagement score given at creation: one updated after the outcome foretells what it has seen.
-- caveat:    Bands hold equal numbers of leads over both channels; each shows the share won by the channel's horizon.
-- caveat:    Only leads old enough and followed from their first day count; 20 wins are needed.
-- answers:   S1.19, S1.20
with

scored as (

    select
        slice,
        channel,
        lead_id,
        engagement_score,
        potential_days,
        horizon_of($horizon, channel) as horizon_days,
        coalesce(won_on <= created_on + horizon_of($horizon, channel), false) as is_won
    from scope_lead_records($scope)
    where engagement_score is not null and entry_age < 0

),

old_enough as (

    select
        *,
        -- Leads of one score stay in one band.
        least(
            10, 1 + floor(10 * (rank() over (partition by slice order by engagement_score) - 1) / count(*) over (partition by slice))
        )::integer as band,
        2 * rank() over by_channel + count(*) over ties as twice_rank_of_all,
        2 * rank() over by_outcome + count(*) over outcome_ties as twice_rank_of_own
    from scored
    where potential_days >= horizon_days
    window
        by_channel as (partition by slice, channel order by engagement_score),
        ties as (partition by slice, channel, engagement_score),
        by_outcome as (partition by slice, channel, is_won order by engagement_score),
        outcome_ties as (partition by slice, channel, is_won, engagement_score)

),

cohorts as (

    select
        slice,
        channel,
        horizon_days,
        count(*) as scored_count,
        count(*) filter (where potential_days >= horizon_days) as old_count,
        count(*) filter (where potential_days >= horizon_days and is_won) as won_count,
        count(*) filter (where potential_days >= horizon_days and not is_won) as other_count
    from scored
    group by slice, channel, horizon_days

),

-- How many leads of the other outcome score below each lead, a tie as a half; counted twice over, so that all sums are of
-- whole numbers and come out the same every time.
placements as (

    select
        slice,
        channel,
        is_won,
        count(*) as n,
        sum(twice_rank_of_all - twice_rank_of_own)::hugeint as beaten,
        sum((twice_rank_of_all - twice_rank_of_own)::hugeint * (twice_rank_of_all - twice_rank_of_own)) as beaten_squares
    from old_enough
    group by slice, channel, is_won

),

placement_variances as (

    select
        *,
        (n * beaten_squares - beaten * beaten)::double / nullif(n::double * (n - 1), 0) as beaten_variance
    from placements

),

-- The mean placement of the won leads is the index; its variance (DeLong, DeLong and Clarke-Pearson 1988) is that of the
-- placements of both outcomes.
indexes as (

    select
        won.slice,
        won.channel,
        won.beaten / (2.0 * won.n * other.n) as score_index,
        sqrt(won.beaten_variance / (4.0 * won.n * other.n ** 2) + other.beaten_variance / (4.0 * other.n * won.n ** 2)) as index_se
    from placement_variances as won
    inner join placement_variances as other
        on won.slice = other.slice and won.channel = other.channel and won.is_won and not other.is_won

),

ranges as (

    select
        slice,
        channel,
        avg(try_cast(engagement_score as decimal(18, 4))) as mean_score,
        min(engagement_score) as lowest_score,
        max(engagement_score) as highest_score
    from old_enough
    group by slice, channel

),

judged as (

    select
        cohorts.*,
        indexes.* exclude (slice, channel),
        ranges.* exclude (slice, channel),
        case
            when maturity_status(cohorts.old_count, cohorts.scored_count) not in ('ok', 'provisional')
                then maturity_status(cohorts.old_count, cohorts.scored_count)
            when cohorts.other_count = 0 or event_status(cohorts.won_count, 20) <> 'ok' then 'too_few'
            else maturity_status(cohorts.old_count, cohorts.scored_count)
        end as status
    from cohorts
    left join indexes using (slice, channel)
    left join ranges using (slice, channel)

),

-- Limits on the logit scale stay between 0 and 1. With full separation there is no variance: then as if each won or other
-- lead, whichever are fewer, were one success of Wilson's.
limits as (

    select
        *,
        case
            when score_index > 0 and score_index < 1 and index_se > 0
                then ln(score_index / (1 - score_index))
        end as logit,
        index_se / (score_index * (1 - score_index)) as logit_se,
        least(won_count, other_count) as fewer_count
    from judged

),

bands as (

    select
        slice,
        channel,
        horizon_days,
        band,
        count(*) as band_count,
        count(*) filter (where is_won) as won_count,
        avg(try_cast(engagement_score as decimal(18, 4))) as mean_score,
        min(engagement_score) as lowest_score,
        max(engagement_score) as highest_score
    from old_enough
    group by slice, channel, horizon_days, band

),

band_states as (

    select
        bands.*,
        case when judged.status in ('ok', 'provisional') then sample_status(bands.band_count) else judged.status end as status
    from bands
    inner join judged using (slice, channel)

)

select
    slice,
    channel,
    won_count as numerator,
    old_count as denominator,
    case when status in ('ok', 'provisional') then score_index end as estimate,
    case
        when status in ('ok', 'provisional')
            then coalesce(1 / (1 + exp(-(logit - z_of(95) * logit_se))), wilson_low(score_index * fewer_count, fewer_count, z_of(95)))
    end as low,
    case
        when status in ('ok', 'provisional')
            then coalesce(1 / (1 + exp(-(logit + z_of(95) * logit_se))), wilson_high(score_index * fewer_count, fewer_count, z_of(95)))
    end as high,
    old_count as n_old_enough,
    status,
    'all scores: index' as measure,
    horizon_days,
    won_count,
    mean_score,
    lowest_score,
    highest_score
from limits

union all

select
    slice,
    channel,
    won_count as numerator,
    band_count as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(won_count, band_count) end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(won_count, band_count, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(won_count, band_count, z_of(95)) end as high,
    band_count as n_old_enough,
    status,
    'band ' || lpad(band::varchar, 2, '0') || ': share won' as measure,
    horizon_days,
    won_count,
    mean_score,
    lowest_score,
    highest_score
from band_states
