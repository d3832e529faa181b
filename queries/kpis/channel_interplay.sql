-- title:     Interplay of the channels
-- stage:     operations
-- home:      compare, detail
-- rows:      (select cells.* exclude (channel), present.channel, present.measure, case present.measure
--            when 'credited by channel of origin' then cells.channel = present.channel
--            when 'credited by last touch' then last_touch = present.channel
--            else present.measure = concat('opened by ', cells.channel, ', ', overlap) end as is_counted
--            from present inner join cells on present.slice = cells.slice
--            and (not present.is_overlap or present.channel = cells.channel))
-- headline:  none
-- unit:      ratio
-- of:        opportunities
-- first:     credited by channel of origin
-- direction: none
-- reads:     Of 100 opportunities that a channel opened, how many were touched by the other channel too; every amount counts once.
-- needs:     leads.created_at, opportunities.created_at, calls.direction, calls.lead_id, opportunities.lead_id
-- links:     calls.lead, opportunities.lead
-- windows:   calls, opportunities, closings
-- horizon:   none
-- also:      measure, opportunity_count, amount, won_amount, without_amount_count, currency
-- apart:     It says how the channels share opportunities.
-- across:    An opportunity belongs to the channel of origin of its lead. By last touch the same total is shared out in another
--   way: that line is there to show how much hangs on the rule.
-- caveat:    Touched: a lead of that channel, or a call in that direction, at the same account up to the closing. So an outbound
--   call that answers an inbound lead counts: read it as work shared, not as a second origin.
-- caveat:    Opened by: lines of the channel of origin, which add up to its opportunities. Credited by: the whole, shared out
--   under either rule. A channel filter hides lines; shares stay those of all channels.
-- caveat:    Older opportunities had more time to be touched twice. Opportunities of one account are counted as independent.
-- answers:   S1.90
with

opportunities as (

    select
        slice,
        channel,
        opportunity_id,
        lead_id,
        account_id,
        coalesce(closed_on, $scope['as_of']::date) as end_on,
        coalesce(amount, acv) as amount,
        outcome,
        currency
    from scope_opportunities(struct_update($scope, channels := []::varchar[]))
    where created_on < $scope['as_of']::date

),

-- The account of the opportunity and that of its lead, should they differ; a lead without an account is one of its own.
opportunity_accounts as (

    select
        opportunity_id,
        end_on,
        account_id
    from opportunities
    where account_id is not null
    union
    select
        opportunities.opportunity_id,
        opportunities.end_on,
        coalesce(leads.account_id, 'lead ' || leads.lead_id) as account_id
    from opportunities
    inner join snapshot.fact_leads as leads using (lead_id)

),

-- A lead of a channel is a touch by it on the day it was created, a call one in its direction.
touches as (

    select
        coalesce(account_id, 'lead ' || lead_id) as account_id,
        channel as touched_by,
        created_on as touched_on,
        created_on::timestamp as touched_at,
        'lead' as kind,
        lead_id as touch_id
    from snapshot.fact_leads
    where channel in ('inbound', 'outbound') and created_on < $scope['as_of']::date
    union all
    select
        account_id,
        direction as touched_by,
        started_on as touched_on,
        coalesce(started_at, started_on::timestamp) as touched_at,
        'call' as kind,
        call_id as touch_id
    from snapshot.fact_calls
    where account_id is not null and direction in ('inbound', 'outbound') and started_on <= $scope['as_of']::date
    union all
    select
        coalesce(leads.account_id, 'lead ' || leads.lead_id) as account_id,
        calls.direction as touched_by,
        calls.started_on as touched_on,
        coalesce(calls.started_at, calls.started_on::timestamp) as touched_at,
        'call' as kind,
        calls.call_id as touch_id
    from snapshot.fact_calls as calls
    inner join snapshot.lead_events as leads on calls.lead = leads.lead
    where
        calls.account_id is null
        and calls.direction in ('inbound', 'outbound')
        and calls.started_on <= $scope['as_of']::date

),

touched as (

    select
        opportunity_accounts.opportunity_id,
        min(touches.touched_by) as first_name,
        max(touches.touched_by) as last_name,
        max(touches.touched_on) as last_on
    from opportunity_accounts
    inner join touches
        on opportunity_accounts.account_id = touches.account_id and opportunity_accounts.end_on >= touches.touched_on
    group by opportunity_accounts.opportunity_id

),

-- Only the touches of the last day can be the last.
last_touches as (

    select
        opportunity_accounts.opportunity_id,
        arg_max(touches.touched_by, (touches.touched_at, touches.kind, touches.touch_id)) as last_touch
    from opportunity_accounts
    inner join touched using (opportunity_id)
    inner join touches on opportunity_accounts.account_id = touches.account_id and touched.last_on = touches.touched_on
    group by opportunity_accounts.opportunity_id

),

cells as (

    select
        opportunities.*,
        coalesce(last_touches.last_touch, 'unknown') as last_touch,
        case
            when touched.first_name <> touched.last_name then 'touched by both'
            when touched.first_name is not null then 'touched by ' || touched.first_name || ' only'
            else 'touched by neither'
        end as overlap
    from opportunities
    left join touched using (opportunity_id)
    left join last_touches using (opportunity_id)

),

-- Each opportunity stands once in the overlap table and once under each rule.
lines as (

    select
        slice,
        unnest([
            {'channel': channel, 'measure': concat('opened by ', channel, ', ', overlap), 'is_overlap': true},
            {'channel': channel, 'measure': 'credited by channel of origin', 'is_overlap': false},
            {'channel': last_touch, 'measure': 'credited by last touch', 'is_overlap': false}
        ], recursive := true),
        amount,
        outcome
    from cells

),

wholes as (

    select
        slice,
        count(*) as total_count,
        count(distinct currency) > 1 as is_mixed,
        min(currency) as currency
    from cells
    group by slice

),

openings as (

    select
        slice,
        channel,
        count(*) as opened_count
    from cells
    group by slice, channel

),

-- A channel that has anything under one rule has a line under the other: there, nothing is nothing, and is said.
present as (

    select
        slice,
        channel,
        measure,
        is_overlap
    from lines
    union
    select
        credited.slice,
        credited.channel,
        rules.measure,
        false as is_overlap
    from (select distinct slice, channel from lines where not is_overlap) as credited
    cross join (values ('credited by channel of origin'), ('credited by last touch')) as rules (measure)

),

totals as (

    select
        present.slice,
        present.channel,
        present.measure,
        present.is_overlap,
        count(lines.measure) as opportunity_count,
        case when count(lines.measure) = 0 then 0 else sum(lines.amount) end::double as amount,
        case
            when count(*) filter (where lines.outcome = 'won') = 0 then 0
            else sum(lines.amount) filter (where lines.outcome = 'won')
        end::double as won_amount,
        count(*) filter (where lines.measure is not null and lines.amount is null) as without_amount_count
    from present
    left join lines using (slice, channel, measure)
    group by all

),

shares as (

    select
        totals.*,
        wholes.is_mixed,
        wholes.currency,
        case when totals.is_overlap then openings.opened_count else wholes.total_count end as whole_count
    from totals
    inner join wholes using (slice)
    left join openings using (slice, channel)

)

select
    slice,
    channel,
    opportunity_count as numerator,
    whole_count as denominator,
    case when whole_count >= 10 then safe_ratio(opportunity_count, whole_count) end as estimate,
    case when whole_count >= 10 then wilson_low(opportunity_count, whole_count, z_of(95)) end as low,
    case when whole_count >= 10 then wilson_high(opportunity_count, whole_count, z_of(95)) end as high,
    whole_count as n_old_enough,
    sample_status(whole_count) as status,
    measure,
    opportunity_count,
    case when not is_mixed then amount end as amount,
    case when not is_mixed then won_amount end as won_amount,
    without_amount_count,
    case when not is_mixed then currency end as currency
from shares
where len($scope['channels']) = 0 or list_contains($scope['channels'], channel)
