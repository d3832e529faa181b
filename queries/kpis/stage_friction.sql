-- title:     Stage friction
-- stage:     opportunity
-- home:      pipeline, headline
-- rows:      by_opportunity
-- headline:  both
-- unit:      per_unit
-- of:        opportunity-days
-- per:       per 100 days
-- direction: lower_is_better
-- reads:     How often an opportunity is set back, put off, handed over or stuck, in 100 days of an open opportunity.
-- needs:     opportunities.created_at, opportunity_changes.changed_at, opportunity_changes.stage, opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity
-- windows:   opportunities, opportunity_changes
-- horizon:   none
-- also:      opportunity_count, regression_count, push_count, owner_change_count, stall_count
-- across:    Long outbound deals are exposed longer: the rate per day compares them, a count would not.
-- caveat:    Set back: a return to a stage that it had been in before the one it leaves; so a renamed stage is no step back, nor
--   is going forward again. Put off: the expected close moves to a later day. Stuck: more than twice the median time of that
--   stage, over ten finished stays or more of all opportunities, whatever the filter.
-- caveat:    Days count from the first recorded state, for nobody knows what went before; without one it is left out.
-- caveat:    The interval is on the log scale with opportunities as clusters, never narrower than Poisson; the upper limit of no
--   event at all is the exact Poisson one.
-- answers:   S1.9
with

-- Every opportunity, whatever is asked for: what is usual for a stage must not move with the filter.
every_opportunity as (

    select
        opportunity_id,
        case when closed_on <= $scope['as_of']::date then closed_on else $scope['as_of']::date end as end_on
    from snapshot.fact_opportunities
    where created_on < $scope['as_of']::date

),

-- A row may name only what changed: what it leaves out stays as it was before.
states as (

    select
        every_opportunity.*,
        changes.changed_on,
        changes.changed_at,
        fold(changes.stage) as stage,
        changes.expected_close_on,
        changes.owner,
        last_value(fold(changes.stage) ignore nulls) over before as stage_before,
        last_value(changes.expected_close_on ignore nulls) over before as expected_before,
        last_value(changes.owner ignore nulls) over before as owner_before,
        list(fold(changes.stage)) over before as stages_before
    from every_opportunity
    inner join snapshot.fact_opportunity_changes as changes using (opportunity_id)
    where changes.changed_on <= every_opportunity.end_on
    window before as (
        partition by opportunity_id
        order by changes.changed_on, changes.changed_at, changes.stage, changes.expected_close_on, changes.owner
        rows between unbounded preceding and 1 preceding
    )

),

steps as (

    select
        *,
        coalesce(list_position(stages_before, stage) < list_position(stages_before, stage_before), false) as is_regression,
        coalesce(expected_close_on > expected_before, false) as is_push,
        coalesce(owner <> owner_before, false) as is_owner_change
    from states

),

stays as (

    select
        opportunity_id,
        stage,
        end_on,
        changed_on as entered_on,
        lead(changed_on) over (partition by opportunity_id order by changed_on, changed_at, stage) as left_on
    from states
    where stage is not null and stage is distinct from stage_before

),

usual_times as (

    select
        stage,
        median(left_on - entered_on) as median_days
    from stays
    where left_on is not null
    group by stage
    having count(*) >= 10

),

stalls as (

    select
        stays.opportunity_id,
        count(*) as stall_count
    from stays
    inner join usual_times using (stage)
    where coalesce(stays.left_on, stays.end_on) - stays.entered_on > 2 * greatest(usual_times.median_days, 1)
    group by stays.opportunity_id

),

by_opportunity as (

    select
        chosen.slice,
        chosen.channel,
        steps.opportunity_id,
        date_diff('day', min(steps.changed_on), any_value(steps.end_on)) as open_days,
        count(*) filter (where steps.is_regression) as regression_count,
        count(*) filter (where steps.is_push) as push_count,
        count(*) filter (where steps.is_owner_change) as owner_change_count,
        coalesce(any_value(stalls.stall_count), 0) as stall_count
    from steps
    inner join scope_opportunities($scope) as chosen using (opportunity_id)
    left join stalls using (opportunity_id)
    group by chosen.slice, chosen.channel, steps.opportunity_id

),

totals as (

    select
        slice,
        channel,
        count(*) as opportunity_count,
        sum(open_days)::bigint as open_days,
        sum(regression_count)::bigint as regression_count,
        sum(push_count)::bigint as push_count,
        sum(owner_change_count)::bigint as owner_change_count,
        sum(stall_count)::bigint as stall_count,
        sum(event_count)::bigint as event_count,
        sum(event_count * event_count) as event_squares,
        sum(event_count * open_days) as cross_products,
        sum(open_days * open_days) as day_squares
    from (select *, regression_count + push_count + owner_change_count + stall_count as event_count from by_opportunity) as counted
    group by slice, channel

),

-- Delta method for ln(events / days): opportunities, not events, are independent. 200 days of open opportunities are needed.
rates as (

    select
        *,
        100 * safe_ratio(event_count, open_days) as rate,
        sqrt(
            greatest(
                safe_ratio(1, event_count),
                (
                    safe_ratio(event_squares, event_count ** 2)
                    - 2 * safe_ratio(cross_products, event_count * open_days)
                    + safe_ratio(day_squares, open_days ** 2)
                ) * safe_ratio(opportunity_count, opportunity_count - 1)
            )
        ) as log_se,
        event_status(open_days, 200) as status
    from totals

)

select
    slice,
    channel,
    event_count as numerator,
    open_days as denominator,
    case when status = 'ok' then rate end as estimate,
    case when status = 'ok' and event_count = 0 then 0.0 when status = 'ok' then rate * exp(-z_of(95) * log_se) end as low,
    case
        when status = 'ok' and event_count = 0 then -100 * ln(.025) / open_days
        when status = 'ok' then rate * exp(z_of(95) * log_se)
    end as high,
    opportunity_count as n_old_enough,
    status,
    opportunity_count,
    regression_count,
    push_count,
    owner_change_count,
    stall_count
from rates
