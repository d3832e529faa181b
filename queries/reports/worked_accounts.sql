-- title:     Targeted accounts worked so far
-- stage:     reach
-- home:      outbound, report
-- rows:      (select *, worked_on is not null as is_counted from chosen)
-- headline:  outbound
-- unit:      ratio
-- of:        targeted accounts
-- direction: none
-- reads:     Of 100 targeted accounts, how many have had a call of ours, a meeting or an opportunity since they were targeted.
-- needs:     account_sets.targeted_from, calls.started_at, leads.account_id, calls.lead_id
-- links:     account_sets.account, calls.lead, meetings.lead
-- windows:   calls
-- horizon:   none
-- also:      untouched_count, opportunity_count, already_open_count, first_targeted_on, last_targeted_on
-- across:    Inbound has no list of targeted accounts.
-- caveat:    So far, not by an age: this says how much of a list has been begun, and judges nobody.
-- caveat:    An account of several sets counts once in each; slice by source to see one set at a time.
-- caveat:    already_open_count had an open opportunity when they were targeted: the rates leave them out, for the list did not open it.
-- answers:   S1.83, S1.84
with

targeted as (

    select
        account_id,
        set_id,
        min(targeted_on) as targeted_on
    from snapshot.fact_account_sets
    where targeted_on < $scope['as_of']::date
    group by account_id, set_id

),

account_opportunities as (

    select
        coalesce(opportunities.account_id, leads.account_id) as account_id,
        opportunities.created_on,
        opportunities.closed_on
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where opportunities.created_on <= $scope['as_of']::date

),

-- Our own attempts only: a call of theirs is not our work. A meeting counts from the day it was held.
touches as (

    select
        coalesce(calls.account_id, leads.account_id) as account_id,
        calls.started_on as touched_on
    from snapshot.fact_calls as calls
    left join snapshot.fact_leads as leads using (lead_id)
    where calls.direction is distinct from 'inbound' and calls.started_on <= $scope['as_of']::date
    union all
    select
        leads.account_id,
        meetings.held_on as touched_on
    from snapshot.fact_meetings as meetings
    inner join snapshot.fact_leads as leads using (lead_id)
    where meetings.held_on <= $scope['as_of']::date
    union all
    select
        account_id,
        created_on as touched_on
    from account_opportunities

),

worked as (

    select
        targeted.account_id,
        targeted.set_id,
        min(touches.touched_on) as worked_on
    from targeted
    inner join touches using (account_id)
    where touches.touched_on >= targeted.targeted_on
    group by targeted.account_id, targeted.set_id

),

opened as (

    select
        targeted.account_id,
        targeted.set_id,
        min(account_opportunities.created_on) filter (where account_opportunities.created_on >= targeted.targeted_on)
            as opportunity_on,
        coalesce(bool_or(
            account_opportunities.created_on < targeted.targeted_on
            and coalesce(account_opportunities.closed_on, targeted.targeted_on) >= targeted.targeted_on
        ), false) as is_already_open
    from targeted
    inner join account_opportunities using (account_id)
    group by targeted.account_id, targeted.set_id

),

account_places as (

    select
        account_id,
        min_by(segment, created_on) as segment,
        min_by(region, created_on) as region
    from snapshot.fact_leads
    where created_on <= $scope['as_of']::date
    group by account_id

),

chosen as (

    select
        slice_of(
            $scope, targeted.set_id, or_blank(account_places.segment), or_blank(account_places.region)
        ) as slice,
        'outbound' as channel,
        targeted.account_id,
        targeted.set_id,
        targeted.targeted_on,
        worked.worked_on,
        opened.opportunity_on,
        coalesce(opened.is_already_open, false) as is_already_open
    from targeted
    left join worked using (account_id, set_id)
    left join opened using (account_id, set_id)
    left join account_places using (account_id)
    where
        in_days($scope, targeted.targeted_on)
        and in_scope(
            $scope,
            'outbound',
            targeted.set_id,
            or_blank(account_places.segment),
            or_blank(account_places.region)
        )

),

counted as (

    select
        slice,
        channel,
        count(*) as account_count,
        count(worked_on) as worked_count,
        count(opportunity_on) as opportunity_count,
        count(*) filter (where is_already_open) as already_open_count,
        min(targeted_on) as first_targeted_on,
        max(targeted_on) as last_targeted_on
    from chosen
    group by slice, channel

)

select
    slice,
    channel,
    worked_count as numerator,
    account_count as denominator,
    case when sample_status(account_count) <> 'too_few' then safe_ratio(worked_count, account_count) end as estimate,
    case when sample_status(account_count) <> 'too_few' then wilson_low(worked_count, account_count, z_of(95)) end as low,
    case when sample_status(account_count) <> 'too_few' then wilson_high(worked_count, account_count, z_of(95)) end as high,
    account_count as n_old_enough,
    sample_status(account_count) as status,
    account_count - worked_count as untouched_count,
    opportunity_count,
    already_open_count,
    first_targeted_on,
    last_targeted_on
from counted
