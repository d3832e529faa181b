-- title:     Movement of the pipeline due this quarter
-- stage:     opportunity
-- home:      pipeline, report
-- rows:      moves
-- headline:  none
-- unit:      money
-- of:        opportunities
-- first:     end
-- direction: none
-- reads:     How the open pipeline that is due by the end of this quarter moved since the quarter began, step by step.
-- needs:     opportunities.created_at, opportunities.outcome, opportunity_changes.changed_at, opportunity_changes.amount,
--            opportunity_changes.expected_close, opportunities.lead_id
-- links:     opportunities.lead, opportunity_changes.opportunity
-- windows:   opportunity_changes
-- whole:     opportunities
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      measure, place, quarter_on, due_by, currency, without_amount_count, unrecorded_count, is_tied, untied_amount,
--   total_change
-- across:    Amounts by channel of origin: they follow volume, and judge neither channel.
-- caveat:    Due: open and expected to close by the last day of the quarter, overdue ones included. Net between two days: what was
--   put off and brought back again shows nothing.
-- caveat:    start + created + pulled in + amount changed - pushed - lost - won = end, to the cent. A deal whose amount changed enters
--   or leaves with its new amount; the difference stands under amount changed.
-- caveat:    Amounts and dates are those recorded on the day. unrecorded_count deals had no record yet on the first day and are taken as
--   they were first recorded, or as they stand now; without_amount_count have no amount and add nothing.
-- caveat:    due later and no date are open today and stand beside the steps, not in them.
-- caveat:    From and to are days of creation of the lead, as everywhere on the page. Several currencies are not added up.
-- answers:   S1.9, S1.58
with

deals as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        opportunities.opportunity_id,
        opportunities.created_on,
        opportunities.currency,
        opportunities.amount as amount_now,
        opportunities.expected_close_on as expected_now,
        case when opportunities.closed_on <= $scope['as_of']::date then opportunities.outcome else 'open' end as outcome,
        case when opportunities.closed_on <= $scope['as_of']::date then opportunities.closed_on end as closed_on,
        date_trunc('quarter', $scope['as_of']::date)::date as quarter_on,
        last_day((date_trunc('quarter', $scope['as_of']::date) + interval 2 month)::date) as due_by
    from snapshot.fact_opportunities as opportunities
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        opportunities.created_on <= $scope['as_of']::date
        and in_days($scope, leads.created_on)
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)
        and coalesce(
            opportunities.closed_on >= date_trunc('quarter', $scope['as_of']::date) or opportunities.closed_on > $scope['as_of']::date,
            true
        )

),

-- A row may name only what changed: the rest stays as it was. The last row of a day is the state of that day.
filled as (

    select
        opportunity_id,
        changed_on,
        last_value(amount ignore nulls) over so_far as amount,
        last_value(expected_close_on ignore nulls) over so_far as expected_on,
        row_number() over (
            partition by opportunity_id, changed_on order by changed_at desc, amount desc, expected_close_on desc
        ) as place_of_day
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date
    window so_far as (
        partition by opportunity_id
        order by changed_on, changed_at, amount, expected_close_on
        rows between unbounded preceding and current row
    )

),

states as (

    select *
    from filled
    where place_of_day = 1

),

first_states as (

    select
        opportunity_id,
        min_by(amount, changed_on) as amount,
        min_by(expected_on, changed_on) as expected_on
    from states
    group by opportunity_id

),

-- Three looks at a deal: before the quarter began, on its last day (today, or when it closed), and the day before it closed,
-- because closing overwrites the day that had been expected.
seen as (

    select
        deals.*,
        deals.created_on < deals.quarter_on as is_older,
        before.opportunity_id is null and deals.created_on < deals.quarter_on as is_unrecorded,
        coalesce(before.amount, first_states.amount, deals.amount_now) as old_amount,
        coalesce(before.expected_on, first_states.expected_on, deals.expected_now) as old_expected_on,
        coalesce(latest.amount, first_states.amount, deals.amount_now) as new_amount,
        coalesce(latest.expected_on, first_states.expected_on, deals.expected_now) as new_expected_on,
        coalesce(last_open.expected_on, first_states.expected_on, deals.expected_now) as last_expected_on
    from deals
    left join first_states using (opportunity_id)
    asof left join states as before
        on deals.opportunity_id = before.opportunity_id and deals.quarter_on > before.changed_on
    asof left join states as latest
        on deals.opportunity_id = latest.opportunity_id and coalesce(deals.closed_on, $scope['as_of']::date) >= latest.changed_on
    asof left join states as last_open
        on deals.opportunity_id = last_open.opportunity_id and coalesce(deals.closed_on, $scope['as_of']::date + 1) > last_open.changed_on

),

placed as (

    select
        *,
        is_older and coalesce(old_expected_on <= due_by, false) as was_due,
        outcome = 'open' and coalesce(new_expected_on <= due_by, false) as is_due,
        outcome = 'won' or (outcome = 'lost' and coalesce(last_expected_on <= due_by, false)) as was_closed_as_due
    from seen

),

-- Every step that a deal takes, with its signed amount: one deal may take several.
steps as (

    select
        *,
        unnest(list_filter(
            [
                {'place': 1, 'measure': 'start', 'sign': 1, 'is_taken': was_due},
                {'place': 2, 'measure': 'created', 'sign': 1, 'is_taken': not is_older and (is_due or was_closed_as_due)},
                {'place': 3, 'measure': 'pulled in', 'sign': 1, 'is_taken': is_older and not was_due and (is_due or was_closed_as_due)},
                {'place': 4, 'measure': 'amount changed', 'sign': 1, 'is_taken': was_due and new_amount is distinct from old_amount},
                {'place': 5, 'measure': 'pushed', 'sign': -1, 'is_taken': was_due and outcome = 'open' and not is_due},
                {'place': 6, 'measure': 'lost', 'sign': -1, 'is_taken': outcome = 'lost' and (was_due or was_closed_as_due)},
                {'place': 7, 'measure': 'won', 'sign': -1, 'is_taken': outcome = 'won'},
                {'place': 8, 'measure': 'end', 'sign': 1, 'is_taken': is_due},
                {
                    'place': 9,
                    'measure': 'due later',
                    'sign': 1,
                    'is_taken': outcome = 'open' and not is_due and new_expected_on is not null
                },
                {'place': 10, 'measure': 'no date', 'sign': 1, 'is_taken': outcome = 'open' and new_expected_on is null},
            ],
            lambda step: step['is_taken']
        ), recursive := true)
    from placed

),

moves as (

    select
        slice,
        channel,
        opportunity_id,
        measure,
        place,
        case
            when measure = 'start' then old_amount
            when measure = 'amount changed' then coalesce(new_amount, 0) - coalesce(old_amount, 0)
            else sign * new_amount
        end as moved_amount,
        old_amount,
        new_amount,
        old_expected_on,
        new_expected_on,
        outcome,
        closed_on,
        is_unrecorded,
        currency
    from steps

),

currencies as (

    select
        slice,
        count(distinct currency) as currency_count,
        min(currency) as currency
    from deals
    group by slice

),

-- Each channel that has a deal shows every step, also those that no deal took.
frame as (

    select
        channels.slice,
        channels.channel,
        unnest([
            {'place': 1, 'measure': 'start'}, {'place': 2, 'measure': 'created'}, {'place': 3, 'measure': 'pulled in'},
            {'place': 4, 'measure': 'amount changed'}, {'place': 5, 'measure': 'pushed'}, {'place': 6, 'measure': 'lost'},
            {'place': 7, 'measure': 'won'}, {'place': 8, 'measure': 'end'}, {'place': 9, 'measure': 'due later'},
            {'place': 10, 'measure': 'no date'},
        ], recursive := true)
    from (select distinct slice, channel from moves) as channels

),

totals as (

    select
        frame.slice,
        frame.channel,
        frame.place,
        frame.measure,
        coalesce(sum(moves.moved_amount), 0)::decimal(18, 2) as amount,
        count(moves.opportunity_id) as deal_count,
        count(*) filter (where moves.opportunity_id is not null and moves.new_amount is null) as without_amount_count,
        count(*) filter (where moves.is_unrecorded) as unrecorded_count
    from frame
    left join moves using (slice, channel, measure)
    group by frame.slice, frame.channel, frame.place, frame.measure

),

-- The end is added up from the deals that are open and due today, never from the steps: so that the two can disagree.
tied as (

    select
        *,
        sum(case when place < 8 then amount when place = 8 then -amount else 0 end) over one_channel as untied_amount,
        sum(case place when 1 then -amount when 8 then amount else 0 end) over one_slice as total_change
    from totals
    window
        one_channel as (partition by slice, channel),
        one_slice as (partition by slice)

)

select
    slice,
    channel,
    case when currencies.currency_count <= 1 then tied.amount::double end as numerator,
    tied.deal_count as denominator,
    case when currencies.currency_count <= 1 then tied.amount::double end as estimate,
    null::double as low,
    null::double as high,
    tied.deal_count as n_old_enough,
    case when currencies.currency_count > 1 then 'not_available' else 'ok' end as status,
    tied.measure,
    tied.place,
    date_trunc('quarter', $scope['as_of']::date)::date as quarter_on,
    last_day((date_trunc('quarter', $scope['as_of']::date) + interval 2 month)::date) as due_by,
    case when currencies.currency_count = 1 then currencies.currency end as currency,
    tied.without_amount_count,
    tied.unrecorded_count,
    tied.untied_amount = 0 as is_tied,
    tied.untied_amount::double as untied_amount,
    case when currencies.currency_count <= 1 then tied.total_change::double end as total_change
from tied
inner join currencies using (slice)
