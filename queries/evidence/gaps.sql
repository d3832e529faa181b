-- title:  Times within its window in which a stream records nothing although events were to be expected
-- grain:  one row per gap
select
    silences.stream,
    silences.from_on,
    silences.to_on,
    silences.expected_count
from evidence_silences as silences
where silences.place = 'between' and silences.stream <> 'leads' and silences.expected_count > 6.9
order by all
