-- title:     Extract integrity report
-- stage:     data_quality
-- home:      data, headline
-- rows:      (select 'all' as slice, 'unknown' as channel, extract, file, line, fate, reason as rule, field, found,
--            unnest([concat(extract, ': rows not used'), concat(extract, ': ', reason, ', ', fate)]) as measure from snapshot.left_out_rows
--            union all by name
--            select 'all' as slice, 'unknown' as channel, extract, file, line, 'used' as fate, code as rule, found,
--            concat(extract, ': ', code) as measure from snapshot.findings)
-- headline:  none
-- unit:      count
-- of:        rows
-- direction: lower_is_better
-- reads:     How many rows of the extracts are not used or are doubtful, rule by rule, beside how many rows were read.
-- needs:     none
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure, extract, rule, fate, remedy, share
-- apart:     The report is on the load as a whole already.
-- across:    A row that is left out often has no lead and so no channel: the report is on the load as a whole, not on a channel.
-- caveat:    Nothing is dropped in silence: merged, excluded and refused rows stand here under the rule that did it.
-- caveat:    A finding is a row that is used and yet doubtful; a row may be found by several rules.
-- caveat:    Exact counts of the load, so low and high equal them; filters and dates do not change them.
-- caveat:    Rows read counts what is known by the as-of date, without the leads created on that day.
-- answers:   S0.6, S0.26
with

-- Rows in use, as known on the as-of date; what hangs on a lead is known with the lead.
used_rows as (

    select
        'leads' as extract,
        count(*) as used_count
    from snapshot.fact_leads
    where created_on < $scope['as_of']::date
    union all
    select
        'calls' as extract,
        count(*) as used_count
    from snapshot.fact_calls as calls
    left join snapshot.fact_leads as leads using (lead_id)
    where
        calls.started_on <= $scope['as_of']::date
        and coalesce(leads.created_on < $scope['as_of']::date, calls.lead_id is null)
    union all
    select
        'meetings' as extract,
        count(*) as used_count
    from snapshot.fact_meetings
    inner join snapshot.fact_leads as leads using (lead_id)
    where leads.created_on < $scope['as_of']::date
    union all
    select
        'opportunities' as extract,
        count(*) as used_count
    from snapshot.fact_opportunities as opportunities
    left join snapshot.fact_leads as leads using (lead_id)
    where
        opportunities.created_on <= $scope['as_of']::date
        and coalesce(leads.created_on < $scope['as_of']::date, opportunities.lead_id is null)
    union all
    select
        'opportunity_changes' as extract,
        count(*) as used_count
    from snapshot.fact_opportunity_changes
    where changed_on <= $scope['as_of']::date
    union all
    select
        'opportunity_contacts' as extract,
        count(*) as used_count
    from snapshot.fact_opportunity_contacts
    where coalesce(added_on <= $scope['as_of']::date, true)
    union all
    select
        'call_answers' as extract,
        count(*) as used_count
    from snapshot.fact_call_answers
    inner join snapshot.fact_calls as calls using (call_id)
    where calls.started_on <= $scope['as_of']::date
    union all
    select
        'call_scores' as extract,
        count(*) as used_count
    from snapshot.fact_call_scores
    inner join snapshot.fact_calls as calls using (call_id)
    where calls.started_on <= $scope['as_of']::date
    union all
    select
        'handoffs' as extract,
        count(*) as used_count
    from snapshot.fact_handoffs
    where handed_on <= $scope['as_of']::date
    union all
    select
        'spend' as extract,
        count(*) as used_count
    from snapshot.fact_spend
    where month_on <= $scope['as_of']::date
    union all
    select
        'revenue' as extract,
        count(*) as used_count
    from snapshot.fact_revenue
    where booked_on <= $scope['as_of']::date
    union all
    select
        'account_sets' as extract,
        count(*) as used_count
    from snapshot.fact_account_sets
    where targeted_on <= $scope['as_of']::date
    union all
    select
        'data_checks' as extract,
        count(*) as used_count
    from snapshot.fact_data_checks
    where checked_on <= $scope['as_of']::date
    union all
    select
        'time_log' as extract,
        count(*) as used_count
    from snapshot.fact_time_log
    where worked_on <= $scope['as_of']::date
    union all
    select
        'capacity' as extract,
        count(*) as used_count
    from snapshot.fact_capacity
    where worked_on <= $scope['as_of']::date
    union all
    -- A target is known before its month.
    select
        'targets' as extract,
        count(*) as used_count
    from snapshot.fact_targets

),

left_out as (

    select
        extract,
        reason as rule,
        fate,
        count(*) as row_count
    from snapshot.left_out_rows
    group by extract, reason, fate

),

found as (

    select
        extract,
        code as rule,
        'used' as fate,
        min(remedy) as remedy,
        count(*) as row_count
    from snapshot.findings
    group by extract, code

),

read_rows as (

    select
        used_rows.extract,
        used_rows.used_count,
        coalesce(sum(left_out.row_count), 0)::bigint as left_out_count,
        used_rows.used_count + coalesce(sum(left_out.row_count), 0)::bigint as read_count
    from used_rows
    left join left_out using (extract)
    group by used_rows.extract, used_rows.used_count

),

-- The total stands for every extract that has rows, so that an extract without a fault is seen to have none.
rules as (

    select
        extract,
        'rows not used' as rule,
        'not used' as fate,
        null::varchar as remedy,
        left_out_count as row_count
    from read_rows
    where read_count > 0
    union all
    select
        extract,
        rule,
        fate,
        null::varchar as remedy,
        row_count
    from left_out
    union all
    select
        extract,
        rule,
        fate,
        remedy,
        row_count
    from found

)

select
    'all' as slice,
    'unknown' as channel,
    rules.row_count as numerator,
    read_rows.read_count as denominator,
    rules.row_count::double as estimate,
    rules.row_count::double as low,
    rules.row_count::double as high,
    read_rows.used_count as n_old_enough,
    'ok' as status,
    concat(rules.extract, ': ', rules.rule, case when rules.fate in ('merged', 'excluded', 'rejected') then ', ' || rules.fate end)
        as measure,
    rules.extract,
    rules.rule,
    rules.fate,
    rules.remedy,
    safe_ratio(rules.row_count, read_rows.read_count) as share
from rules
inner join read_rows using (extract)
