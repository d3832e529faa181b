-- title:     Open pipeline by stage
-- stage:     opportunity
-- home:      pipeline, report
-- rows:      (select *, is_quiet as is_counted from named)
-- headline:  none
-- unit:      ratio
-- of:        open opportunities
-- direction: none
-- reads:     Of 100 open opportunities in a stage, in how many nothing has been heard for as long as the site calls dormant.
-- needs:     opportunities.created_at, opportunities.outcome, opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity
-- windows:   none
-- whole:     opportunities
-- horizon:   none
-- also:      measure, stage_day, amount, currency, without_amount_count, median_age_days, oldest_age_days, overdue_count,
--   undated_count, dormant_days
-- across:    Outbound deals are open longer by nature: read the ages beside those of won deals, not against inbound.
-- caveat:    Heard of: a conversation, a held meeting or a recorded change of the opportunity; without any, since it was created.
-- caveat:    The stage is the last one recorded by the day asked about, else the one it shows now. Open deals that no stage is
--   known of are a line of their own.
-- caveat:    From and to are days of creation of the lead. Amounts of several currencies are not added up.
-- caveat:    What is open has not ended: the ages say how long it has been open, not how long it will take.
-- answers:   S1.9
with

recorded as (

    select
        opportunity_id,
        changed_on,
        changed_at,
        nullif(trim(stage), '') as stage,
        amount,
        expected_close_on
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date

),

latest as (

    select
        opportunity_id,
        max_by(stage, struct_pack(changed_on := changed_on, changed_at := changed_at, value := stage)) filter (where stage is not null)
            as stage,
        max_by(amount, struct_pack(changed_on := changed_on, changed_at := changed_at, value := amount))
        filter (where amount is not null) as amount,
        max_by(expected_close_on, struct_pack(changed_on := changed_on, changed_at := changed_at, value := expected_close_on))
        filter (where expected_close_on is not null) as expected_on,
        max(changed_on) as changed_on
    from recorded
    group by opportunity_id

),

heard as (

    select lead_id, max(heard_on) as heard_on
    from (
        select lead_id, started_on as heard_on
        from snapshot.fact_calls
        where is_conversation and started_on <= $scope['as_of']::date
        union all
        select lead_id, held_on as heard_on
        from snapshot.fact_meetings
        where held_on <= $scope['as_of']::date
    ) as contacts
    where lead_id is not null
    group by lead_id

),

-- Where in the life of a deal a stage stands: stages are listed in that order.
stage_days as (

    select
        fold(recorded.stage) as stage_key,
        median(recorded.changed_on - opportunities.created_on) filter (where recorded.changed_on >= opportunities.created_on) as stage_day
    from recorded
    inner join snapshot.fact_opportunities as opportunities using (opportunity_id)
    where recorded.stage is not null
    group by fold(recorded.stage)

),

open_deals as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        coalesce(fold(coalesce(latest.stage, opportunities.stage)), 'no stage') as stage_key,
        opportunities.opportunity_id,
        opportunities.created_on,
        coalesce(latest.stage, nullif(trim(opportunities.stage), ''), 'no stage') as stage,
        coalesce(latest.amount, opportunities.amount) as amount,
        opportunities.currency,
        coalesce(latest.expected_on, opportunities.expected_close_on) as expected_on,
        date_diff('day', opportunities.created_on, $scope['as_of']::date) as age_days,
        greatest(opportunities.created_on, latest.changed_on, heard.heard_on) as heard_on,
        $scope['as_of']::date - greatest(opportunities.created_on, latest.changed_on, heard.heard_on)
        >= coalesce(setting('effort.dormant_days'), 45) as is_quiet
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    left join latest using (opportunity_id)
    left join heard using (lead_id)
    where
        opportunities.created_on <= $scope['as_of']::date
        and coalesce(opportunities.outcome = 'open' or opportunities.closed_on > $scope['as_of']::date, true)
        and in_days($scope, leads.created_on)
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)

),

named as (

    select
        open_deals.*,
        min(stage) over (partition by slice, channel, stage_key) as measure
    from open_deals

),

counted as (

    select
        slice,
        channel,
        stage_key,
        min(stage) as measure,
        count(*) as deal_count,
        count(*) filter (where is_quiet) as quiet_count,
        sum(amount) as amount,
        count(*) - count(amount) as without_amount_count,
        count(distinct currency) as currency_count,
        min(currency) as currency,
        median(age_days) as median_age_days,
        max(age_days) as oldest_age_days,
        count(*) filter (where expected_on < $scope['as_of']::date) as overdue_count,
        count(*) - count(expected_on) as undated_count
    from named
    group by slice, channel, stage_key

)

select
    slice,
    channel,
    counted.quiet_count as numerator,
    counted.deal_count as denominator,
    case when sample_status(counted.deal_count) <> 'too_few' then safe_ratio(counted.quiet_count, counted.deal_count) end as estimate,
    case when sample_status(counted.deal_count) <> 'too_few' then wilson_low(counted.quiet_count, counted.deal_count, z_of(95)) end as low,
    case when sample_status(counted.deal_count) <> 'too_few' then wilson_high(counted.quiet_count, counted.deal_count, z_of(95)) end
        as high,
    counted.deal_count as n_old_enough,
    sample_status(counted.deal_count) as status,
    counted.measure,
    stage_days.stage_day,
    case when counted.currency_count <= 1 then counted.amount::double end as amount,
    case when counted.currency_count = 1 then counted.currency end as currency,
    counted.without_amount_count,
    counted.median_age_days,
    counted.oldest_age_days,
    counted.overdue_count,
    counted.undated_count,
    coalesce(setting('effort.dormant_days'), 45)::integer as dormant_days
from counted
left join stage_days using (stage_key)
