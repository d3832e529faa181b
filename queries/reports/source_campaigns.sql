-- title:     Campaigns of a source
-- stage:     close
-- home:      sources, report
-- rows:      (select * from campaign_leads where is_old_enough)
-- headline:  none
-- unit:      ratio
-- of:        leads old enough
-- direction: higher_is_better
-- reads:     Of 100 leads of each campaign that are old enough, how many were won by the age at which their channel is judged.
-- needs:     leads.created_at, leads.source, opportunities.outcome, opportunities.closed_at, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   opportunities, closings
-- horizon:   inbound 180, outbound 540
-- also:      measure, lead_count, horizon_days
-- across:    Campaigns are looked at within their source and channel; they are listed, not ranked.
-- caveat:    Only leads that have reached the age: a plain share, by far not all of them. Young campaigns have none.
-- caveat:    Leads that entered the extract late were not followed from their first day and are left out of the share.
-- answers:   S1.67
with

campaign_leads as (

    select
        source as slice,
        channel,
        lead_id,
        coalesce(nullif(trim(campaign_id), ''), 'no campaign') as measure,
        created_on,
        won_on,
        horizon_of($horizon, channel) as horizon_days,
        entry_age < 0 and potential_days >= greatest(1, horizon_of($horizon, channel)) as is_old_enough,
        coalesce(won_on <= created_on + horizon_of($horizon, channel)::integer, false) as is_counted
    from scope_lead_records($scope)

),

counted as (

    select
        slice,
        channel,
        measure,
        any_value(horizon_days) as horizon_days,
        count(*) as lead_count,
        count(*) filter (where is_old_enough) as old_count,
        count(*) filter (where is_old_enough and is_counted) as won_count
    from campaign_leads
    group by slice, channel, measure

)

select
    slice,
    channel,
    won_count as numerator,
    old_count as denominator,
    case when old_count >= 10 then safe_ratio(won_count, old_count) end as estimate,
    case when old_count >= 10 then wilson_low(won_count, old_count, z_of(95)) end as low,
    case when old_count >= 10 then wilson_high(won_count, old_count, z_of(95)) end as high,
    old_count as n_old_enough,
    sample_status(old_count) as status,
    measure,
    lead_count,
    horizon_days
from counted
