-- title:     Database accuracy findings
-- stage:     data_quality
-- home:      data, headline
-- rows:      (select *, field || ' correct' as measure, is_correct as is_counted from lead_fields where is_correct is not null
--            union all
--            select *, field || ' ever checked' as measure, is_correct is not null as is_counted from lead_fields)
-- headline:  both
-- unit:      ratio
-- of:        checked fields
-- first:     phone correct
-- direction: higher_is_better
-- reads:     Of 100 leads whose field was checked, in how many the field was right, field by field; and how many were ever checked.
-- needs:     leads.lead_id, data_checks.field, data_checks.result, data_checks.checked_at, calls.outcome_code, calls.lead_id
-- links:     data_checks.lead, calls.lead
-- windows:   data_checks, calls
-- horizon:   none
-- also:      measure, lead_count, bound_low, bound_high
-- across:    Bought lists and forms that leads fill in themselves start from different data: read it source by source.
-- caveat:    Only leads that were reached get checked: bound_low and bound_high say what all leads could be, unchecked ones wrong or right.
-- caveat:    The latest check of a field counts. A call that found the wrong contact marks the telephone number as wrong.
-- caveat:    A result other than right or wrong (correct, valid, ok; wrong, incorrect, outdated ...) does not count as checked.
-- answers:   S0.19, S0.26, S0.31
with

chosen_leads as (

    select
        slice,
        channel,
        lead_id
    from scope_leads($scope)

),

checks as (

    select
        data_checks.lead_id,
        data_checks.checked_field as field,
        data_checks.checked_at as found_at,
        case
            when fold(data_checks.checked_result) in ('correct', 'valid', 'ok', 'right', 'yes', 'true', 'confirmed', 'verified') then true
            when
                fold(data_checks.checked_result) in (
                    'incorrect', 'invalid', 'wrong', 'no', 'false', 'outdated', 'changed', 'bounced', 'disconnected', 'leftcompany',
                    'wrongnumber'
                )
                then false
        end as is_correct
    from snapshot.fact_data_checks as data_checks
    where
        data_checks.checked_on <= $scope['as_of']::date
        and data_checks.checked_field in ('phone', 'email', 'role', 'company')
    union all
    select
        calls.lead_id,
        'phone' as field,
        coalesce(calls.started_at, calls.started_on) as found_at,
        false as is_correct
    from snapshot.fact_calls as calls
    where calls.started_on <= $scope['as_of']::date and calls.disposition = 'wrong_contact' and calls.lead_id is not null

),

-- The latest finding stands; of two at the same moment the bad one, so that the order of rows is of no account.
findings as (

    select
        lead_id,
        field,
        arg_max(is_correct, struct_pack(found_at := found_at, is_wrong := not is_correct)) as is_correct
    from checks
    where is_correct is not null
    group by lead_id, field

),

lead_fields as (

    select
        chosen_leads.slice,
        chosen_leads.channel,
        chosen_leads.lead_id,
        fields.field,
        findings.is_correct
    from chosen_leads
    cross join (select unnest(['phone', 'email', 'role', 'company']) as field) as fields
    left join findings using (lead_id, field)

),

counted as (

    select
        slice,
        channel,
        field,
        count(*) filter (where is_correct) as correct_count,
        count(is_correct) as checked_count,
        count(*) as lead_count
    from lead_fields
    group by slice, channel, field

),

measures as (

    select
        slice,
        channel,
        field || ' correct' as measure,
        correct_count as numerator,
        checked_count as denominator,
        lead_count,
        -- Assumption-free: had the unchecked ones all been wrong, or all been right.
        safe_ratio(correct_count, lead_count) as bound_low,
        safe_ratio(correct_count + lead_count - checked_count, lead_count) as bound_high
    from counted
    union all
    select
        slice,
        channel,
        field || ' ever checked' as measure,
        checked_count as numerator,
        lead_count as denominator,
        lead_count,
        null as bound_low,
        null as bound_high
    from counted

)

select
    slice,
    channel,
    numerator,
    denominator,
    case when sample_status(denominator) <> 'too_few' then safe_ratio(numerator, denominator) end as estimate,
    case when sample_status(denominator) <> 'too_few' then wilson_low(numerator, denominator, z_of(95)) end as low,
    case when sample_status(denominator) <> 'too_few' then wilson_high(numerator, denominator, z_of(95)) end as high,
    denominator as n_old_enough,
    sample_status(denominator) as status,
    measure,
    lead_count,
    case when sample_status(denominator) <> 'too_few' then bound_low end as bound_low,
    case when sample_status(denominator) <> 'too_few' then bound_high end as bound_high
from measures
