-- title:     Marketing-qualified to sales-qualified
-- stage:     qualification
-- home:      inbound, beside
-- rows:      journey_units('sql_from_mql', $scope, $horizon)
-- headline:  inbound
-- unit:      ratio
-- of:        marketing-qualified leads
-- direction: higher_is_better
-- reads:     Of 100 marketing-qualified leads, how many are sales-qualified 30 days later.
-- needs:     leads.mql_at, leads.sql_at
-- links:     none
-- windows:   none
-- withheld:  No lead of this channel has the stages, so there is no way from the one to the other.
-- horizon:   inbound 30, outbound 30
-- also:      horizon_days, judge_on, ended_share, open_share, skipped_count, skipped_share, share_without_skipped,
--            without_skipped_low, without_skipped_high
-- across:    Outbound leads often have no marketing stage: where none is recorded there is no rate, neither 0 nor 100 of 100.
-- caveat:    A lead that skipped the marketing stage counts as marketing-qualified at the same instant, so it always succeeds:
--            the rate without those leads stands beside it.
-- caveat:    Rejected, recycled, disqualified and lost leads can no longer succeed; stages in the wrong order count as unknown.
-- caveat:    From and to are days on which the lead became marketing-qualified.
-- counter:   sales_acceptance_rate
-- answers:   S1.20
with

-- Rejected, recycled and closed leads compete; the youngest are censored.
at_horizon as (

    select *
    from incidence_at('sql_from_mql', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

stages as (

    select
        slice_of($scope, source, segment, region) as slice,
        channel,
        mql_on is null as is_skipped,
        mql_on is null and qualified_on <= coalesce(least(rejected_on, lost_on, recycled_on), qualified_on) as is_skip_reached,
        date_diff('day', coalesce(mql_on, qualified_on), $scope['as_of']::date) as potential_days
    from leads_as_of($scope['as_of']::date)
    where
        coalesce(mql_on, qualified_on) < $scope['as_of']::date
        and in_days($scope, coalesce(mql_on, qualified_on))
        and in_scope($scope, channel, source, segment, region)

),

skips as (

    select
        slice,
        channel,
        count(*) as started_count,
        count(*) filter (where is_skipped) as skipped_count,
        count(*) filter (where is_skip_reached) as skip_reached_count,
        count(*) filter (where not is_skipped and potential_days >= horizon_of($horizon, channel)) as unskipped_old_enough
    from stages
    group by slice, channel

),

-- Skips resolve at age 0, when every lead is still at risk, so they can be taken out of the curve exactly: without the K
-- skips, of which R arrived, F is (N F - R) / (N - K). A stage nobody recorded gives no rate at all.
judged as (

    select
        at_horizon.*,
        skips.skipped_count,
        skips.unskipped_old_enough,
        safe_ratio(skips.skipped_count, skips.started_count) as skipped_share,
        coalesce(skips.started_count = skips.skipped_count, false) as is_stage_missing,
        case
            when skips.unskipped_old_enough >= 30
                then greatest(0, least(1, safe_ratio(
                    skips.started_count * at_horizon.share - skips.skip_reached_count, skips.started_count - skips.skipped_count
                )))
        end as share_without_skipped
    from at_horizon
    left join skips using (slice, channel)

)

-- The interval without skips is Wilson's on the leads old enough: wider than the curve's own, never narrower.
select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    case when not is_stage_missing then share end as estimate,
    case when not is_stage_missing then low end as low,
    case when not is_stage_missing then high end as high,
    n_old_enough,
    case when is_stage_missing then 'not_available' else status end as status,
    age_days as horizon_days,
    judge_on,
    case when not is_stage_missing then ended_share end as ended_share,
    case when not is_stage_missing then open_share end as open_share,
    skipped_count,
    skipped_share,
    share_without_skipped,
    wilson_low(share_without_skipped * unskipped_old_enough, unskipped_old_enough, z_of(95)) as without_skipped_low,
    wilson_high(share_without_skipped * unskipped_old_enough, unskipped_old_enough, z_of(95)) as without_skipped_high
from judged
