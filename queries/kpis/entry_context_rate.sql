-- title:     Usable context at entry
-- stage:     qualification
-- home:      inbound, detail
-- rows:      (select *, 'at entry' as measure, is_known_at_entry as is_counted from contexts
--            union all
--            select *, 'by the horizon, entry and calls' as measure, is_known_later as is_counted from contexts where is_old_enough
--            union all
--            select *, 'by the horizon, learned on calls only' as measure, is_known_later and not is_known_at_entry as is_counted
--            from contexts where is_old_enough)
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- first:     at entry
-- direction: higher_is_better
-- reads:     Of 100 leads, how many come with at least three of need, product, timeline, company and role.
-- needs:     leads.created_at, leads.entry_need, call_answers.question_id, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   calls, call_answers
-- horizon:   inbound 14, outbound 14
-- also:      measure, horizon_days, mean_elements, commonest_value_share
-- across:    Inbound brings its context, outbound gains it by asking: read the line of entry beside the line of day 14.
-- caveat:    Placeholders a form puts in by itself (n/a, please select, other) count as not known.
-- caveat:    A value that nearly all leads share (commonest_value_share) is a form default rather than something they said.
-- caveat:    Context learned by sales is a question answered on a call (need, product, timeline, company, role) by day 14.
-- answers:   S1.8, S1.61
with

elements as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.created_on,
        leads.potential_days,
        horizon_of($horizon, leads.channel) as horizon_days,
        unnest([
            {'element': 'need', 'said': fold(stated(leads.entry_need))},
            {'element': 'product', 'said': fold(stated(leads.entry_product))},
            {'element': 'timeline', 'said': fold(stated(leads.entry_timeline))},
            {'element': 'company', 'said': fold(stated(leads.entry_company))},
            {'element': 'role', 'said': fold(stated(leads.entry_role))}
        ]) as entry
    from scope_lead_records($scope) as leads

),

learned as (

    select
        calls.lead_id,
        fold(answers.question_id) as element,
        min(calls.started_on) as learned_on
    from snapshot.fact_call_answers as answers
    inner join snapshot.fact_calls as calls using (call_id)
    where
        fold(answers.question_id) in ('need', 'product', 'timeline', 'company', 'role')
        and coalesce(answers.is_answered, answers.answer_code is not null)
        and calls.started_on <= $scope['as_of']::date
    group by all

),

-- Three of five make a usable context.
contexts as (

    select
        elements.slice,
        elements.channel,
        elements.horizon_days,
        elements.lead_id,
        elements.potential_days >= elements.horizon_days as is_old_enough,
        count(elements.entry['said']) as entry_count,
        count(*) filter (
            where elements.entry['said'] is not null or learned.learned_on <= elements.created_on + elements.horizon_days
        ) as later_count,
        entry_count >= 3 as is_known_at_entry,
        later_count >= 3 as is_known_later
    from elements
    left join learned on elements.lead_id = learned.lead_id and elements.entry['element'] = learned.element
    group by all

),

value_counts as (

    select
        slice,
        channel,
        entry['element'] as element,
        entry['said'] as said,
        count(*) as value_count
    from elements
    where entry['said'] is not null
    group by all

),

-- The most frequent value of each field, among the leads that filled it in; at least ten of them.
commonest as (

    select
        slice,
        channel,
        max(largest_share) as commonest_value_share
    from (
        select
            slice,
            channel,
            element,
            max(value_count) / sum(value_count) as largest_share
        from value_counts
        group by slice, channel, element
        having sum(value_count) >= 10
    ) as largest
    group by slice, channel

),

counted as (

    select
        slice,
        channel,
        horizon_days,
        count(*) as lead_count,
        count(*) filter (where is_old_enough) as old_count,
        avg(entry_count) as entry_mean,
        avg(later_count) filter (where is_old_enough) as later_mean,
        count(*) filter (where is_known_at_entry) as entry_contexts,
        count(*) filter (where is_old_enough and is_known_later) as later_contexts,
        count(*) filter (where is_old_enough and is_known_later and not is_known_at_entry) as learned_contexts
    from contexts
    group by slice, channel, horizon_days

),

measures as (

    select
        slice,
        channel,
        horizon_days,
        unnest([
            {
                'measure': 'at entry',
                'numerator': entry_contexts,
                'denominator': lead_count,
                'mean_elements': entry_mean,
                'status': sample_status(lead_count)
            },
            {
                'measure': 'by the horizon, entry and calls',
                'numerator': later_contexts,
                'denominator': old_count,
                'mean_elements': later_mean,
                'status': maturity_status(old_count, lead_count)
            },
            {
                'measure': 'by the horizon, learned on calls only',
                'numerator': learned_contexts,
                'denominator': old_count,
                'mean_elements': null,
                'status': maturity_status(old_count, lead_count)
            }
        ], recursive := true)
    from counted

)

select
    slice,
    channel,
    measures.numerator,
    measures.denominator,
    case when measures.status in ('ok', 'provisional') then safe_ratio(measures.numerator, measures.denominator) end as estimate,
    case when measures.status in ('ok', 'provisional') then wilson_low(measures.numerator, measures.denominator, z_of(95)) end as low,
    case when measures.status in ('ok', 'provisional') then wilson_high(measures.numerator, measures.denominator, z_of(95)) end as high,
    measures.denominator as n_old_enough,
    measures.status,
    measures.measure,
    measures.horizon_days,
    case when measures.status in ('ok', 'provisional') then measures.mean_elements end as mean_elements,
    commonest.commonest_value_share
from measures
left join commonest using (slice, channel)
