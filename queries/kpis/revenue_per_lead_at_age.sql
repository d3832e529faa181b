-- title:     Contribution per lead at equal age
-- stage:     close
-- home:      compare, headline
-- rows:      journey_units('won', $scope, $horizon)
-- headline:  both
-- unit:      money
-- of:        leads
-- direction: higher_is_better
-- reads:     What a lead has brought in won contract value by the time it is this old, leads that are not won counted with nothing.
-- needs:     leads.created_at, opportunities.lead_id, opportunities.outcome, opportunities.closed_at, opportunities.acv
-- horizon:   none
-- also:      age_days, win_count, low_99, high_99, judge_on, currency
-- across:    Compared at equal age only. What the leads cost is not in it: read it beside the cost per lead.
-- caveat:    Revenue so far over all leads so far counts young leads as if they had brought nothing; here each counts up to its age.
-- caveat:    A lead counts with its first won deal; a deal won without a contract value counts with nothing.
-- caveat:    Fewer than 10 wins by an age give no amount for it; one very large deal widens the range.
-- caveat:    Leads of one account are taken as independent of each other.
-- answers:   S1.77, S1.82
with

by_age as (

    select *
    from value_at('won', $scope, [7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540])

),

currencies as (

    select
        slice,
        channel,
        list_sort(list(distinct currency)) as names
    from scope_won_deals($scope)
    where acv is not null and currency is not null
    group by slice, channel

),

-- The interval of a mean of amounts needs ten wins behind it. Amounts of several currencies are not added up.
gated as (

    select
        slice,
        channel,
        age_days,
        coalesce(currencies.names, []) as names,
        by_age.* exclude (slice, channel, age_days, status),
        case
            when len(currencies.names) > 1 then 'not_available'
            when by_age.status in ('ok', 'provisional') and by_age.events < 10 then 'too_few'
            else by_age.status
        end as status
    from by_age
    left join currencies using (slice, channel)

),

-- Each figure is a mean over its own leads, so the variances of the two add up (statistics.md, 5.8).
gaps as (

    select
        slice,
        age_days,
        outbound.mean_amount - inbound.mean_amount as gap,
        sqrt(inbound.se ** 2 + outbound.se ** 2) as se,
        least(inbound.n_old_enough, outbound.n_old_enough) as n_old_enough,
        least(inbound.events, outbound.events) as events,
        list_sort(list_distinct(list_concat(inbound.names, outbound.names))) as names,
        case
            when len(list_distinct(list_concat(inbound.names, outbound.names))) > 1 then 'not_available'
            when inbound.status = 'ok' and outbound.status = 'ok' then 'ok'
            when list_contains(['ok', 'provisional'], inbound.status) and list_contains(['ok', 'provisional'], outbound.status)
                then 'provisional'
            when 'too_few' in (inbound.status, outbound.status) then 'too_few'
            else 'too_early'
        end as status,
        greatest(inbound.judge_on, outbound.judge_on) as judge_on
    from gated as inbound
    inner join gated as outbound using (slice, age_days)
    where inbound.channel = 'inbound' and outbound.channel = 'outbound'

)

select
    slice,
    channel,
    case when status in ('ok', 'provisional') then amount_so_far end as numerator,
    unit_count as denominator,
    case when status in ('ok', 'provisional') then mean_amount end as estimate,
    case when status in ('ok', 'provisional') then low end as low,
    case when status in ('ok', 'provisional') then high end as high,
    n_old_enough,
    status,
    age_days,
    events as win_count,
    case when status in ('ok', 'provisional') then low_99 end as low_99,
    case when status in ('ok', 'provisional') then high_99 end as high_99,
    judge_on,
    case when len(names) = 1 then names[1] end as currency
from gated

union all

select
    slice,
    'difference' as channel,
    null as numerator,
    null as denominator,
    case when status in ('ok', 'provisional') then gap end as estimate,
    case when status in ('ok', 'provisional') then gap - z_of(95) * se end as low,
    case when status in ('ok', 'provisional') then gap + z_of(95) * se end as high,
    n_old_enough,
    status,
    age_days,
    events as win_count,
    case when status in ('ok', 'provisional') then gap - z_of(99) * se end as low_99,
    case when status in ('ok', 'provisional') then gap + z_of(99) * se end as high_99,
    judge_on,
    case when len(names) = 1 then names[1] end as currency
from gaps
