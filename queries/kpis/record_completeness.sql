-- title:     Record completeness
-- stage:     data_quality
-- home:      data, headline
-- rows:      (select slice, channel, lead_id, cell['measure'] as field, is_filled(cell['content']) as is_counted,
--            unnest([cell['measure'], 'all fields']) as measure
--            from (select *, unnest(required_fields(account_id, source, segment, region, country, industry, employee_band, title,
--            seniority)) as cell from records) as cells inner join carried on cells.cell['measure'] = carried.measure)
-- headline:  both
-- unit:      ratio
-- of:        required fields
-- first:     all fields
-- direction: higher_is_better
-- reads:     Of 100 required fields of the leads, how many hold a real value.
-- needs:     leads.lead_id
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure, lead_count, field_count
-- across:    Counted alike for both channels; a bought list and a form filled in by the lead itself start from different data.
-- caveat:    Required are account, source, segment, region, country, industry, size, title and seniority, as far as the export has them.
-- caveat:    Blank, n/a, none, null, test, tbd, unknown, rows of zeros and the like count as missing.
-- caveat:    The fields are read as they stand in the extract: what they held on an earlier day is not known.
-- answers:   S0.26
with

-- A field that the export does not carry at all is no gap in any record; it is simply not there to be judged.
carried as (

    select column_name as measure
    from snapshot.coverage
    where extract = 'leads' and known_count > 0

),

records as (

    select *
    from scope_lead_records($scope)

),

-- Records that are alike in all that is asked of them are judged once; an account is nearly always another one, so any of those
-- that hold one stands for all.
kinds as (

    select
        row_number() over () as kind,
        *
    from (
        select
            slice,
            channel,
            any_value(account_id) as account_id,
            source,
            segment,
            region,
            country,
            industry,
            employee_band,
            title,
            seniority,
            count(*) as lead_count
        from records
        group by slice, channel, is_filled(account_id), source, segment, region, country, industry, employee_band, title, seniority
    ) as alike

),

cells as (

    select
        slice,
        channel,
        kind,
        lead_count,
        unnest(required_fields(account_id, source, segment, region, country, industry, employee_band, title, seniority)) as cell
    from kinds

),

judged as (

    select
        cells.slice,
        cells.channel,
        cells.kind,
        cells.lead_count,
        carried.measure,
        is_filled(cells.cell['content']) as is_filled
    from cells
    inner join carried on cells.cell['measure'] = carried.measure

),

by_field as (

    select
        slice,
        channel,
        measure,
        coalesce(sum(lead_count) filter (where is_filled), 0)::bigint as filled_count,
        sum(lead_count)::bigint as required_count
    from judged
    group by slice, channel, measure

),

by_kind as (

    select
        slice,
        channel,
        kind,
        any_value(lead_count) as lead_count,
        count(*) filter (where is_filled) as filled_count,
        count(*) as required_count
    from judged
    group by slice, channel, kind

),

overall as (

    select
        slice,
        channel,
        sum(filled_count * lead_count)::bigint as filled_count,
        sum(required_count * lead_count)::bigint as required_count,
        any_value(required_count) as field_count,
        sum(lead_count)::bigint as lead_count,
        safe_ratio(sum(filled_count * lead_count), sum(required_count * lead_count)) as share,
        -- From sums of whole numbers, so that the order of the leads is of no account.
        (sum(filled_count * filled_count * lead_count) * sum(lead_count) - sum(filled_count * lead_count) ** 2)::double
        / nullif(any_value(required_count) ** 2 * sum(lead_count)::double ** 2 * (sum(lead_count) - 1), 0) as variance
    from by_kind
    group by slice, channel

),

measures as (

    select
        slice,
        channel,
        measure,
        filled_count,
        required_count,
        required_count as lead_count,
        1 as field_count,
        required_count::double as worth
    from by_field
    union all
    select
        slice,
        channel,
        'all fields' as measure,
        filled_count,
        required_count,
        lead_count,
        field_count,
        case when variance > 0 then least(share * (1 - share) / variance, required_count) else lead_count end as worth
    from overall

)

select
    slice,
    channel,
    filled_count as numerator,
    required_count as denominator,
    case when sample_status(lead_count) <> 'too_few' then safe_ratio(filled_count, required_count) end as estimate,
    case
        when sample_status(lead_count) <> 'too_few' then wilson_low(worth * filled_count / required_count, worth, z_of(95))
    end as low,
    case
        when sample_status(lead_count) <> 'too_few' then wilson_high(worth * filled_count / required_count, worth, z_of(95))
    end as high,
    lead_count as n_old_enough,
    sample_status(lead_count) as status,
    measure,
    lead_count,
    field_count
from measures
