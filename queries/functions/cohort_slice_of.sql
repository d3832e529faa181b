-- The slice a unit falls into: as slice_of, or the quarter in which the week it set out in began ('2026-Q1'), where the reader
-- asks for cohorts. Whole weeks, because the counts keep no days.
create or replace macro cohort_slice_of(scope, started_on, lead_source, lead_segment, lead_region) as
case
    when scope['slice_by'] = 'quarter'
        then year(date_trunc('week', started_on)) || '-Q' || quarter(date_trunc('week', started_on))
    when starts_with(scope['slice_by'], 'half_year')
        then concat_ws(
            ' ',
            half_year_of(started_on),
            case split_part(scope['slice_by'], ' ', 2)
                when 'source' then lead_source
                when 'segment' then lead_segment
                when 'region' then lead_region
            end
        )
    else slice_of(scope, lead_source, lead_segment, lead_region)
end;
