-- title:  What the links and the windows of a load leave in doubt
-- grain:  one row per link that does not hold and per end or gap of a window
with

said as (

    select
        links.*,
        matched_count + lost_count as keyed_count,
        replace(links.extract, '_', ' ') as rows_named,
        case when kind = 'person' then 'a lead by telephone number' else concat('a ', partner) end as partner_named,
        case when kind = 'person' then 'lead' else partner end as partner_found
    from snapshot.evidence_links as links
    where state in ('partial', 'broken', 'accepted', 'untied')

),

link_findings as (

    select
        concat('link_', state) as code,
        case
            when state = 'untied'
                then
                    concat(
                        format('{:,}', unkeyed_count + lost_count),
                        ' of ',
                        format('{:,}', unkeyed_count + keyed_count),
                        ' calls belong to no lead'
                    )
            else concat(
                format('{:,}', lost_count), ' of ', format('{:,}', keyed_count), ' ', rows_named, ' that name ', partner_named,
                ' match no ', partner_found, ' that is used (', format('{:.1f}', 100 * match_rate), '% match)'
            )
        end as title,
        case
            when state = 'untied'
                then
                    concat(
                        'KPIs per lead called or answered are not available. Map the column with the lead, or say covers = ',
                        '"all" under the [[source]] of the calls.'
                    )
            when mendable_count > .5 * lost_count
                then
                    concat(
                        format('{:,}', mendable_count), ' of ', format('{:,}', lost_count), ' match ', mend,
                        '; export both columns as text, with the same ids.'
                    )
            when is_rising
                then
                    concat(
                        'The rate rises with the months: the older rows seem to belong to ', partner_found,
                        's that are not in the files. Load older ', partner_found, 's, or read older months with care.'
                    )
            when kind = 'person'
                then
                    concat(
                        'Strangers are natural among calls. KPIs per lead need a file that covers all calls with leads: say ',
                        'covers = "all" under its [[source]].'
                    )
            else concat('Export both files from the same system and over the same time, with the same ids.')
        end as remedy,
        extract,
        null::varchar as file,
        null::bigint as line,
        concat(lost_count, ' of ', keyed_count, ' lost') as found
    from said

),

window_findings as (

    select
        concat(stream, '_missing_before') as code,
        concat(
            upper(left(stream, 1)), replace(stream[2:], '_', ' '), ' begin on ', first_on, ': earlier ones are not in the file (about ',
            format('{:,.0f}', expected_before), ' were to be expected)'
        ) as title,
        case
            when is_from_declared then concat('The mapping says covers_from = ', from_on, ', so KPIs count all leads since then. Check it.')
            else concat(
                'Leads created before are left out of the KPIs that need them. Export from the first lead on, or say ',
                'covers_from under the [[source]] if there were none.'
            )
        end as remedy,
        stream,
        first_on::varchar as found
    from snapshot.evidence_windows
    where expected_before is not null
    union all
    select
        concat(stream, '_missing_after'),
        concat(
            upper(left(stream, 1)), replace(stream[2:], '_', ' '), ' end on ', last_on, ': later ones are not in the file (about ',
            format('{:,.0f}', expected_after), ' were to be expected)'
        ),
        case
            when is_until_declared then concat('The mapping says covers_until = ', until_on, ', so KPIs follow leads until then. Check it.')
            else concat(
                'KPIs that need them follow leads until this day only. Export up to the day of the other files, or say ',
                'covers_until under the [[source]].'
            )
        end,
        stream,
        last_on::varchar
    from snapshot.evidence_windows
    where expected_after is not null
    union all
    select
        concat(stream, '_missing_between'),
        concat(
            'No ', replace(stream, '_', ' '), ' from ', from_on, ' to ', to_on, ': they are not in the file (about ',
            format('{:,.0f}', expected_count), ' were to be expected)'
        ),
        'Leads that were judged by what happened then are left out of the KPIs that need them. Export these days too.',
        stream,
        concat(from_on, ' to ', to_on)
    from snapshot.evidence_gaps

)

select code, title, remedy, extract, file, line, found
from link_findings
union all
select
    'nothing_recorded_since',
    concat('Nothing is recorded after ', max(last_on), ', long before the as-of date ', $as_of::date),
    concat(
        'The as-of date says that the files are complete up to it. If they are not, give the day of the ',
        'export (--as-of, or as_of in the mapping).'
    ),
    'leads', null, null, max(last_on)::varchar
from snapshot.evidence_windows
having $as_of::date - max(last_on) > 92
union all
select code, title, remedy, case stream when 'closings' then 'opportunities' else stream end, null, null, found
from window_findings
order by all
