-- title:     Opportunity depth
-- stage:     opportunity
-- home:      outbound, beside
-- rows:      (select * exclude (line), line['measure'] as measure, line['depth'] as depth from depths
--            where line['depth'] is not null)
-- headline:  outbound
-- unit:      count
-- of:        opportunities
-- per:       people each
-- first:     contacts
-- direction: higher_is_better
-- reads:     How many people of the customer stand on an opportunity when it is 30 days old, on average.
-- needs:     opportunities.created_at, opportunity_contacts.added_at, opportunity_contacts.role, opportunity_changes.stage,
--            opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity, opportunity_contacts.opportunity, call_answers.call
-- windows:   opportunity_changes, calls, call_answers
-- withheld:  No opportunity has answers to the criteria.
-- horizon:   inbound 30, outbound 30
-- also:      measure, horizon_days, median_value, median_low, median_high
-- across:    Large customers bring more people along whatever the channel: compare within a segment.
-- caveat:    Contacts gather with age: every opportunity is counted at the same age, and younger ones wait.
-- caveat:    People in copy (role cc or in copy) are not counted. The other lines count different roles, criteria answered
--   with yes on calls, and different stages recorded; the order of the stages is not known, so none is called the furthest.
-- caveat:    The interval of the mean rests on accounts (linearised variance), that of the median on order statistics.
-- answers:   S1.56
with

chosen as (

    select
        slice,
        channel,
        opportunity_id,
        lead_id,
        coalesce(account_id, lead_id) as account_id,
        created_on + horizon_of($horizon, channel) as counted_on,
        horizon_of($horizon, channel) as horizon_days
    from scope_opportunities($scope)
    where created_on + horizon_of($horizon, channel) <= $scope['as_of']::date and created_on < $scope['as_of']::date

),

contacts as (

    select
        opportunity_id,
        count(distinct contacts.contact_id) as contact_count,
        count(distinct fold(contacts.role)) as role_count
    from chosen
    inner join snapshot.fact_opportunity_contacts as contacts using (opportunity_id)
    where contacts.added_on <= chosen.counted_on and coalesce(fold(contacts.role), '') not in ('cc', 'copy', 'incopy', 'copied')
    group by opportunity_id

),

criteria as (

    select
        chosen.opportunity_id,
        count(distinct fold(answers.question_id)) as criterion_count
    from chosen
    inner join snapshot.fact_calls as calls using (lead_id)
    inner join snapshot.fact_call_answers as answers using (call_id)
    where
        calls.started_on <= chosen.counted_on
        and list_contains(setting_list('answers.yes'), fold(answers.answer_code))
        and fold(answers.question_id) in (
            select fold(value)
            from snapshot.settings
            where starts_with(name, 'criteria.') and ends_with(name, '.question')
        )
    group by chosen.opportunity_id

),

stages as (

    select
        opportunity_id,
        count(distinct fold(changes.stage)) as stage_count
    from chosen
    inner join snapshot.fact_opportunity_changes as changes using (opportunity_id)
    where changes.changed_on <= chosen.counted_on
    group by opportunity_id

),

-- An opportunity without a contact has none. Without any recorded change its stages are unknown, and so are its criteria
-- where the extract of answers is missing altogether.
depths as (

    select
        chosen.*,
        unnest([
            {'measure': 'contacts', 'depth': coalesce(contacts.contact_count, 0)},
            {
                'measure': 'criteria',
                'depth': case
                    when exists (select 1 from snapshot.fact_call_answers) then coalesce(criteria.criterion_count, 0)
                end
            },
            {'measure': 'roles', 'depth': coalesce(contacts.role_count, 0)},
            {'measure': 'stages', 'depth': stages.stage_count},
        ]) as line
    from chosen
    left join contacts using (opportunity_id)
    left join criteria using (opportunity_id)
    left join stages using (opportunity_id)

),

by_account as (

    select
        slice,
        channel,
        line['measure'] as measure,
        account_id,
        any_value(horizon_days) as horizon_days,
        count(line['depth']) as opportunity_count,
        coalesce(sum(line['depth']), 0) as depth_sum,
        list(line['depth']) filter (where line['depth'] is not null) as depth_list
    from depths
    group by all

),

totals as (

    select
        slice,
        channel,
        measure,
        any_value(horizon_days) as horizon_days,
        sum(opportunity_count)::bigint as opportunity_count,
        sum(depth_sum)::bigint as depth_sum,
        count(*) filter (where opportunity_count > 0) as account_count,
        sum(depth_sum * depth_sum)::double as depth_squares,
        sum(depth_sum * opportunity_count)::double as cross_products,
        sum(opportunity_count * opportunity_count)::double as opportunity_squares,
        list_sort(flatten(list(depth_list) filter (where depth_list is not null))) as ordered_depths,
        sample_status(sum(opportunity_count)) as status
    from by_account
    group by slice, channel, measure

),

-- The mean over clustered opportunities: each account adds the square of its (sum - mean x count), multiplied out.
means as (

    select
        *,
        safe_ratio(depth_sum, opportunity_count) as mean_depth,
        binomial_rank(opportunity_count, .5, .025) as low_rank
    from totals

),

errors as (

    select
        *,
        sqrt(
            greatest(0, depth_squares - 2 * mean_depth * cross_products + mean_depth ** 2 * opportunity_squares)
            * safe_ratio(account_count, account_count - 1)
        ) / nullif(opportunity_count, 0) as mean_se
    from means

)

select
    slice,
    channel,
    case when opportunity_count > 0 then depth_sum end as numerator,
    opportunity_count as denominator,
    case when status <> 'too_few' then mean_depth end as estimate,
    case when status <> 'too_few' and mean_se is not null then greatest(0, mean_depth - z_of(95) * mean_se) end as low,
    case when status <> 'too_few' then mean_depth + z_of(95) * mean_se end as high,
    opportunity_count as n_old_enough,
    case when measure = 'criteria' and opportunity_count = 0 then 'not_available' else status end as status,
    measure,
    horizon_days,
    case when status <> 'too_few' then list_aggregate(ordered_depths, 'quantile_cont', .5) end as median_value,
    case when status <> 'too_few' and low_rank > 0 then ordered_depths[low_rank] end as median_low,
    case when status <> 'too_few' and low_rank > 0 then ordered_depths[opportunity_count + 1 - low_rank] end as median_high
from errors
