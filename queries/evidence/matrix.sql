-- title:  What each extract records month by month, and how much of it finds its partner
-- grain:  one row per stream and month, from the first month with any record to the as-of date; the last 24 at most
-- level: 0 for nothing, 1 to 4 by quarters of the stream's largest month. is_outside: the month lies outside the stream's
-- window, or wholly in a gap of it. match_rate: of the link with the lowest share that month; is_low where it is under the
-- minimum of the link, among 20 rows or more, or of any number where the link is broken.
with

months as (

    select
        unnest(
            generate_series(
                greatest(min(month_on), date_trunc('month', $as_of::date)::date - interval 23 month), $as_of::date, interval 1 month
            )
        )::date as month_on
    from snapshot.evidence_months

),

rates as (

    select
        months.extract as stream,
        months.month_on,
        links.minimum,
        links.state = 'broken' as is_broken,
        sum(months.matched_count) as matched_count,
        sum(months.matched_count + months.lost_count) as keyed_count
    from snapshot.evidence_link_months as months
    inner join snapshot.evidence_links as links using (extract, partner, kind)
    where months.month_on is not null and links.state <> 'not_keyed' and links.kind <> 'list'
    group by months.extract, months.partner, months.kind, months.month_on, links.minimum, links.state
    having sum(months.matched_count + months.lost_count) > 0

),

lowest as (

    select
        stream,
        month_on,
        min(matched_count / keyed_count) as match_rate,
        bool_or((keyed_count >= 20 or is_broken) and matched_count / keyed_count < minimum) as is_low
    from rates
    group by stream, month_on

),

peaks as (

    select
        stream,
        max(event_count) as peak_count
    from snapshot.evidence_months
    group by stream

)

select
    peaks.stream,
    months.month_on,
    coalesce(counts.event_count, 0) as event_count,
    ceil(4 * coalesce(counts.event_count, 0) / peaks.peak_count)::integer as level,
    coalesce(last_day(months.month_on) < windows.from_on, false)
    or coalesce(months.month_on > windows.until_on, false)
    or exists (
        select 1
        from snapshot.evidence_gaps as gaps
        where gaps.stream = peaks.stream and gaps.from_on <= months.month_on and gaps.to_on >= last_day(months.month_on)
    ) as is_outside,
    lowest.match_rate,
    coalesce(lowest.is_low, false) as is_low
from peaks
cross join months
left join snapshot.evidence_months as counts on peaks.stream = counts.stream and months.month_on = counts.month_on
left join snapshot.evidence_windows as windows on peaks.stream = windows.stream
left join lowest on peaks.stream = lowest.stream and months.month_on = lowest.month_on
order by peaks.stream, months.month_on
