-- title:     Consistency across reps
-- stage:     conversation
-- home:      qualification, beside
-- rows:      (select *, is_qualified as is_counted, unnest(list_filter(
--            [rep_id, case when is_large then 'all_reps' end,
--            case when is_large and rep_id <> furthest_id then 'all_but_furthest_rep' end],
--            lambda line: line is not null)) as measure
--            from conversations inner join reps using (slice, channel, rep_id)
--            left join (select slice, channel, rep_id as furthest_id from furthest) as furthest using (slice, channel))
-- headline:  both
-- unit:      index
-- of:        conversations
-- first:     all_reps
-- direction: lower_is_better
-- reads:     How much reps differ in what they call qualified, beyond what chance alone would do: 1 is chance alone.
-- needs:     calls.rep_id, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure, share, expected_share, limit_low_95, limit_high_95, limit_low_998, limit_high_998, z_score, is_outside_95,
--            is_outside_998, phi, tau, winsorised_phi, winsorised_tau, icc, rep_count
-- apart:     Reps who work one channel only cannot be told apart from it.
-- across:    Worked out within each channel: reps who work one channel only cannot be told apart from it.
-- caveat:    The rate is the share of a rep's conversations that end as qualified or meeting booked, on the day of the call.
-- caveat:    A rep is measured against what the other reps reach with the same mix of sources and segments (cells where they
--            have 30 conversations; elsewhere their overall share). No order of reps follows from it.
-- caveat:    The lines all_reps and all_but_furthest_rep hold phi; a line with a rep's id holds that rep's share over the
--            expected one, and phi and tau of the others: a rep far off inflates both and would hide behind them.
-- caveat:    Limits rest on the spread of the others with the tenth of them that lies lowest and the tenth that lies highest, one
--            rep at least, drawn in to the next one (winsorised, Spiegelhalter 2005): one rep far off does not widen the limits of all.
-- caveat:    The interval of phi divides it by the quantiles of a chi-square.
-- caveat:    20 conversations per rep and 5 such reps are needed. Read it over about 90 days.
-- answers:   S0.2, S0.30, S1.62
with

conversations as (

    select
        slice,
        channel,
        call_id,
        rep_id,
        source,
        segment,
        disposition in ('qualified', 'meeting_booked') as is_qualified
    from scope_calls($scope)
    where is_conversation and rep_id is not null

),

rep_cells as (

    select
        slice,
        channel,
        rep_id,
        source,
        segment,
        count(*) as conversation_count,
        count(*) filter (where is_qualified) as qualified_count
    from conversations
    group by all

),

reps as (

    select
        slice,
        channel,
        rep_id,
        sum(conversation_count)::bigint as conversation_count,
        sum(qualified_count)::bigint as qualified_count,
        safe_ratio(sum(qualified_count), sum(conversation_count)) as share,
        sum(conversation_count) >= 20 as is_large
    from rep_cells
    group by slice, channel, rep_id

),

teams as (

    select
        slice,
        channel,
        count(*) filter (where is_large) as rep_count,
        coalesce(sum(conversation_count) filter (where is_large), 0)::bigint as conversation_count,
        coalesce(sum(qualified_count) filter (where is_large), 0)::bigint as qualified_count
    from reps
    group by slice, channel

),

compared_cells as (

    select rep_cells.*
    from rep_cells
    inner join reps using (slice, channel, rep_id)
    inner join teams using (slice, channel)
    where reps.is_large and teams.rep_count >= 5

),

-- The same figures once with nobody left out (null) and once without each rep: nobody stands in their own limits.
pools as (

    select distinct
        slice,
        channel,
        null::varchar as left_out
    from compared_cells
    union all
    select distinct
        slice,
        channel,
        rep_id as left_out
    from compared_cells

),

pool_cells as (

    select
        pools.slice,
        pools.channel,
        pools.left_out,
        cells.source,
        cells.segment,
        sum(cells.conversation_count) as conversation_count,
        sum(cells.qualified_count) as qualified_count
    from pools
    inner join compared_cells as cells
        on pools.slice = cells.slice and pools.channel = cells.channel and cells.rep_id is distinct from pools.left_out
    group by all

),

pool_shares as (

    select
        slice,
        channel,
        left_out,
        safe_ratio(sum(qualified_count), sum(conversation_count)) as pool_share
    from pool_cells
    group by slice, channel, left_out

),

cell_shares as (

    select
        *,
        safe_ratio(qualified_count, conversation_count) as cell_share
    from pool_cells
    where conversation_count >= 30

),

-- Indirect standardisation: what a rep would reach at the shares of the pool, with the variance of chance around it.
expected as (

    select
        pool_shares.slice,
        pool_shares.channel,
        pool_shares.left_out,
        cells.rep_id,
        sum(cells.conversation_count) as conversation_count,
        safe_ratio(sum(cells.qualified_count), sum(cells.conversation_count)) as share,
        sum(cells.conversation_count * coalesce(cell_share, pool_share) order by cells.source, cells.segment)
        / sum(cells.conversation_count) as expected_share,
        sum(
            cells.conversation_count * coalesce(cell_share, pool_share) * (1 - coalesce(cell_share, pool_share))
            order by cells.source, cells.segment
        ) / sum(cells.conversation_count) ** 2 as chance_variance
    from pool_shares
    inner join compared_cells as cells on pool_shares.slice = cells.slice and pool_shares.channel = cells.channel
    left join cell_shares
        on
            pool_shares.slice = cell_shares.slice
            and pool_shares.channel = cell_shares.channel
            and pool_shares.left_out is not distinct from cell_shares.left_out
            and cells.source = cell_shares.source
            and cells.segment = cell_shares.segment
    group by all

),

placed as (

    select
        *,
        (share - expected_share) / sqrt(chance_variance) as z,
        row_number() over by_z as place,
        count(*) over (partition by slice, channel, left_out) as rep_count
    from expected
    where rep_id is distinct from left_out and chance_variance > 0
    window by_z as (
        partition by slice, channel, left_out
        order by (share - expected_share) / sqrt(chance_variance), rep_id
    )

),

-- Spiegelhalter (2005): the lowest and the highest tenth of the reps, one at least, count only as far as the next one to them.
bounded as (

    select
        *,
        least(ceil(0.1 * rep_count), floor((rep_count - 1) / 2)) as cut
    from placed

),

bounds as (

    select
        slice,
        channel,
        left_out,
        min(z) filter (where place > cut) as lowest,
        max(z) filter (where place <= rep_count - cut) as highest
    from bounded
    group by slice, channel, left_out

),

-- phi and the spread between reps after DerSimonian and Laird, over the reps of the pool, summed in the order of their ids.
weighted as (

    select
        placed.slice,
        placed.channel,
        placed.left_out,
        count(*) as rep_count,
        sum(z ** 2 order by rep_id) as q,
        sum(greatest(lowest, least(highest, z)) ** 2 order by rep_id) as winsorised_q,
        sum(1 / chance_variance order by rep_id) as weight,
        sum(1 / chance_variance ** 2 order by rep_id) as square_weight
    from placed
    inner join bounds
        on
            placed.slice = bounds.slice
            and placed.channel = bounds.channel
            and placed.left_out is not distinct from bounds.left_out
    group by placed.slice, placed.channel, placed.left_out
    having count(*) >= 2

),

dispersion as (

    select
        *,
        greatest(0, (q - (rep_count - 1)) / nullif(weight - square_weight / weight, 0)) as tau_square,
        greatest(0, (winsorised_q - (rep_count - 1)) / nullif(weight - square_weight / weight, 0)) as winsorised_tau_square
    from weighted

),

phis as (

    select
        *,
        q / (rep_count - 1) as phi,
        winsorised_q / rep_count as winsorised_phi,
        q / (2 * gamma_quantile(0.975, (rep_count - 1) / 2.0)) as phi_low,
        q / (2 * gamma_quantile(0.025, (rep_count - 1) / 2.0)) as phi_high
    from dispersion

),

funnel as (

    select
        expected.slice,
        expected.channel,
        expected.rep_id,
        expected.share,
        expected.expected_share,
        sqrt(expected.chance_variance + phis.winsorised_tau_square) as funnel_sd,
        phis.phi,
        sqrt(phis.tau_square) as tau,
        phis.winsorised_phi,
        sqrt(phis.winsorised_tau_square) as winsorised_tau
    from expected
    inner join phis on expected.slice = phis.slice and expected.channel = phis.channel and expected.left_out = phis.left_out
    where expected.rep_id = expected.left_out and expected.chance_variance > 0

),

judged as (

    select
        *,
        (share - expected_share) / funnel_sd as z_score,
        greatest(0, expected_share - funnel_z(950) * funnel_sd) as limit_low_95,
        least(1, expected_share + funnel_z(950) * funnel_sd) as limit_high_95,
        greatest(0, expected_share - funnel_z(998) * funnel_sd) as limit_low_998,
        least(1, expected_share + funnel_z(998) * funnel_sd) as limit_high_998
    from funnel

),

furthest as (

    select
        slice,
        channel,
        max_by(rep_id, (abs(z_score), rep_id)) as rep_id
    from judged
    group by slice, channel

),

squares as (

    select
        slice,
        channel,
        sum(
            reps.conversation_count * (reps.share - teams.qualified_count / teams.conversation_count) ** 2 order by reps.rep_id
        ) as between_square,
        sum(reps.conversation_count ** 2) as count_square
    from reps
    inner join teams using (slice, channel)
    where reps.is_large
    group by slice, channel

),

-- Beta-binomial correlation by weighted moments: the share of all variation that lies between reps.
correlations as (

    select
        slice,
        channel,
        (
            between_square
            - qualified_count * (conversation_count - qualified_count) / conversation_count ** 2 * (rep_count - 1)
        ) / nullif(
            qualified_count * (conversation_count - qualified_count) / conversation_count ** 2
            * (conversation_count - count_square / conversation_count - (rep_count - 1)),
            0
        ) as icc
    from squares
    inner join teams using (slice, channel)
    where rep_count >= 5

),

lines as (

    select
        reps.slice,
        reps.channel,
        reps.qualified_count as numerator,
        reps.conversation_count as denominator,
        safe_ratio(judged.share, judged.expected_share) as estimate,
        wilson_low(reps.qualified_count, reps.conversation_count, z_of(95)) / judged.expected_share as low,
        wilson_high(reps.qualified_count, reps.conversation_count, z_of(95)) / judged.expected_share as high,
        reps.conversation_count as n_old_enough,
        reps.rep_id as measure,
        judged.share,
        judged.expected_share,
        judged.limit_low_95,
        judged.limit_high_95,
        judged.limit_low_998,
        judged.limit_high_998,
        judged.z_score,
        abs(judged.z_score) > funnel_z(950) as is_outside_95,
        abs(judged.z_score) > funnel_z(998) as is_outside_998,
        judged.phi,
        judged.tau,
        judged.winsorised_phi,
        judged.winsorised_tau,
        null::double as icc,
        teams.rep_count
    from reps
    inner join teams using (slice, channel)
    left join judged using (slice, channel, rep_id)

    union all by name

    select
        teams.slice,
        teams.channel,
        teams.qualified_count as numerator,
        teams.conversation_count as denominator,
        phis.phi as estimate,
        phis.phi_low as low,
        phis.phi_high as high,
        teams.conversation_count as n_old_enough,
        'all_reps' as measure,
        safe_ratio(teams.qualified_count, teams.conversation_count) as share,
        phis.phi,
        sqrt(phis.tau_square) as tau,
        phis.winsorised_phi,
        sqrt(phis.winsorised_tau_square) as winsorised_tau,
        case when phis.phi is not null then greatest(0, correlations.icc) end as icc,
        teams.rep_count
    from teams
    left join phis on teams.slice = phis.slice and teams.channel = phis.channel and phis.left_out is null
    left join correlations on teams.slice = correlations.slice and teams.channel = correlations.channel

    union all by name

    select
        teams.slice,
        teams.channel,
        teams.qualified_count - reps.qualified_count as numerator,
        teams.conversation_count - reps.conversation_count as denominator,
        phis.phi as estimate,
        phis.phi_low as low,
        phis.phi_high as high,
        teams.conversation_count - reps.conversation_count as n_old_enough,
        'all_but_furthest_rep' as measure,
        safe_ratio(
            teams.qualified_count - reps.qualified_count, teams.conversation_count - reps.conversation_count
        ) as share,
        phis.phi,
        sqrt(phis.tau_square) as tau,
        phis.winsorised_phi,
        sqrt(phis.winsorised_tau_square) as winsorised_tau,
        teams.rep_count - 1 as rep_count
    from furthest
    inner join teams using (slice, channel)
    inner join reps using (slice, channel, rep_id)
    inner join phis on furthest.slice = phis.slice and furthest.channel = phis.channel and furthest.rep_id = phis.left_out

)

-- Without 5 reps of 20 conversations each, or where nobody or everybody is qualified, nothing can be compared.
select
    slice,
    channel,
    numerator,
    denominator,
    estimate,
    low,
    high,
    n_old_enough,
    case when estimate is null then 'too_few' else 'ok' end as status,
    measure,
    case when estimate is not null then share end as share,
    expected_share,
    limit_low_95,
    limit_high_95,
    limit_low_998,
    limit_high_998,
    z_score,
    is_outside_95,
    is_outside_998,
    phi,
    tau,
    winsorised_phi,
    winsorised_tau,
    icc,
    rep_count
from lines
