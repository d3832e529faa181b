-- title:  The time in which each stream records
-- grain:  one row per stream that recorded something
-- from_on and until_on are null where the stream covers all that was to be expected. Declared in the mapping (covers_from,
-- covers_until), else derived: a silence at an end is a missing export where no event at all is less likely than 1 in 1,000
-- (expected > 6.9), and not before.
with

recorded as (

    select
        stream,
        min(event_on) as first_on,
        max(event_on) as last_on,
        sum(event_count)::bigint as event_count
    from recorded_events
    where event_on <= $as_of::date
    group by stream

),

ends as (

    select
        stream,
        max(expected_count) filter (place = 'before') as expected_before,
        max(expected_count) filter (place = 'after') as expected_after
    from evidence_silences
    where expected_count > 6.9 and stream <> 'leads'
    group by stream

),

-- An as-of date far beyond all that is recorded is the site's word that nothing more happened: no end is derived then.
recording as (

    select max(last_on) + 92 >= $as_of::date as is_at_its_end
    from recorded

)

select
    recorded.stream,
    recorded.first_on,
    recorded.last_on,
    recorded.event_count,
    case
        when declared.covers_from is not null then declared.covers_from
        when ends.expected_before is not null then recorded.first_on
    end as from_on,
    case
        when declared.covers_until is not null then declared.covers_until
        when ends.expected_after is not null and recording.is_at_its_end then recorded.last_on
    end as until_on,
    declared.covers_from is not null as is_from_declared,
    declared.covers_until is not null as is_until_declared,
    ends.expected_before,
    case when recording.is_at_its_end then ends.expected_after end as expected_after
from recorded
cross join recording
left join ends using (stream)
left join declared_windows as declared
    on declared.extract = case recorded.stream when 'closings' then 'opportunities' else recorded.stream end
order by recorded.stream
