-- title:     Stage ladder
-- stage:     opportunity
-- home:      pipeline, detail
-- rows:      (select stays.*, coalesce(stages.stage, 'created') as measure, coalesce(advanced_on - entered_on <= horizon_days, false)
--            as is_counted from stays left join stages using (stage_order) where is_old_enough)
-- headline:  none
-- unit:      ratio
-- of:        opportunities
-- first:     created
-- direction: higher_is_better
-- reads:     Of 100 opportunities that enter a stage, how many have moved on from it by the age in the stage that is shown.
-- needs:     opportunities.created_at, opportunities.outcome, opportunity_changes.changed_at, opportunity_changes.stage,
--            opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity
-- windows:   opportunity_changes
-- horizon:   inbound 60, outbound 120
-- also:      horizon_days, measure, stage_order, entered_count, advanced_count, lost_count, moved_back_count, open_count,
--   skipped_count, won_count, unknown_stage_count
-- across:    Outbound deals stay longer in each stage by nature: each channel is read at its own age.
-- caveat:    Every stage counts an opportunity once, at its first entry: entered = moved on + lost there + moved back + still
--   there, to date. The share rests only on entries that are old enough, whatever has become of them.
-- caveat:    A stage that was skipped was not entered: it is counted apart, of opportunities that got further or were won. A
--   stage that nobody entered is no rung.
-- caveat:    The order of the stages is the setting stages.order. Opportunities with a stage that it does not hold are counted
--   (unknown_stage_count), and that stage is left out.
-- answers:   S1.9, S1.28
with

stages as (

    select
        unnest(setting_list('stages.order')) as stage,
        generate_subscripts(setting_list('stages.order'), 1) as stage_order

),

opportunities as (

    select
        slice,
        channel,
        opportunity_id,
        created_on,
        outcome,
        closed_on,
        coalesce(closed_on, $scope['as_of']::date) as end_on
    from scope_opportunities($scope)
    where created_on < $scope['as_of']::date

),

-- Every opportunity enters the ladder at its creation, rung 0.
states as (

    select
        opportunity_id,
        0 as stage_order,
        created_on as changed_on,
        null::timestamp as changed_at
    from opportunities
    union all
    select
        opportunity_id,
        stages.stage_order,
        greatest(changes.changed_on, opportunities.created_on) as changed_on,
        changes.changed_at
    from opportunities
    inner join snapshot.fact_opportunity_changes as changes using (opportunity_id)
    inner join stages on fold(changes.stage) = stages.stage
    where changes.changed_on <= opportunities.end_on

),

placed as (

    select
        *,
        row_number() over (partition by opportunity_id order by changed_on, changed_at nulls first, stage_order) as state_number
    from states

),

entries as (

    select
        opportunity_id,
        stage_order,
        min(state_number) as state_number,
        min(changed_on) as entered_on
    from placed
    group by opportunity_id, stage_order

),

-- The first step further up after the first entry, and the rung on which it stands now.
steps as (

    select
        entries.opportunity_id,
        entries.stage_order,
        any_value(entries.entered_on) as entered_on,
        min(placed.changed_on) filter (
            where placed.state_number > entries.state_number and placed.stage_order > entries.stage_order
        ) as stepped_on,
        arg_max(placed.stage_order, placed.state_number) as present_order
    from entries
    inner join placed using (opportunity_id)
    group by entries.opportunity_id, entries.stage_order

),

stays as (

    select
        opportunities.slice,
        opportunities.channel,
        opportunities.outcome,
        steps.*,
        case
            when opportunities.outcome = 'won' then least(coalesce(steps.stepped_on, opportunities.closed_on), opportunities.closed_on)
            else steps.stepped_on
        end as advanced_on,
        horizon_of($horizon, opportunities.channel) as horizon_days,
        date_diff('day', steps.entered_on, $scope['as_of']::date) >= horizon_of($horizon, opportunities.channel) as is_old_enough
    from opportunities
    inner join steps using (opportunity_id)

),

rungs as (

    select
        slice,
        channel,
        stage_order,
        any_value(horizon_days) as horizon_days,
        count(*) as entered_count,
        count(advanced_on) as advanced_count,
        count(*) filter (where advanced_on is null and outcome = 'lost') as lost_count,
        count(*) filter (where advanced_on is null and outcome = 'open' and present_order < stage_order) as moved_back_count,
        count(*) filter (where advanced_on is null and outcome = 'open' and present_order = stage_order) as open_count,
        count(*) filter (where outcome = 'won') as won_count,
        count(*) filter (where is_old_enough) as n_old_enough,
        count(*) filter (where is_old_enough and advanced_on - entered_on <= horizon_days) as in_time_count
    from stays
    group by slice, channel, stage_order

),

furthest as (

    select
        slice,
        channel,
        opportunity_id,
        list(stage_order) as entered_orders,
        case when any_value(outcome) = 'won' then 1000000 else max(stage_order) end as furthest_order
    from stays
    group by slice, channel, opportunity_id

),

skipped as (

    select
        rungs.slice,
        rungs.channel,
        rungs.stage_order,
        count(*) as skipped_count
    from rungs
    inner join furthest using (slice, channel)
    where furthest.furthest_order > rungs.stage_order and not list_contains(furthest.entered_orders, rungs.stage_order)
    group by rungs.slice, rungs.channel, rungs.stage_order

),

-- A stage on the day of closing or after it names the closing.
unknown_stages as (

    select
        opportunities.slice,
        opportunities.channel,
        count(distinct opportunities.opportunity_id) as unknown_stage_count
    from opportunities
    inner join snapshot.fact_opportunity_changes as changes using (opportunity_id)
    where
        changes.changed_on <= opportunities.end_on
        and (opportunities.closed_on is null or changes.changed_on < opportunities.closed_on)
        and fold(changes.stage) not in (select stage from stages)
    group by opportunities.slice, opportunities.channel

),

gated as (

    select
        rungs.*,
        stages.stage,
        coalesce(skipped.skipped_count, 0) as skipped_count,
        coalesce(unknown_stages.unknown_stage_count, 0) as unknown_stage_count,
        maturity_status(rungs.n_old_enough, rungs.entered_count) as status
    from rungs
    left join stages using (stage_order)
    left join skipped using (slice, channel, stage_order)
    left join unknown_stages using (slice, channel)

)

select
    slice,
    channel,
    in_time_count as numerator,
    n_old_enough as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(in_time_count, n_old_enough) end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(in_time_count, n_old_enough, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(in_time_count, n_old_enough, z_of(95)) end as high,
    n_old_enough,
    status,
    horizon_days,
    coalesce(stage, 'created') as measure,
    stage_order,
    entered_count,
    advanced_count,
    lost_count,
    moved_back_count,
    open_count,
    skipped_count,
    won_count,
    unknown_stage_count
from gated
