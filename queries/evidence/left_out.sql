-- title:  How many leads the windows of a KPI leave out of what the reader asked for
-- grain:  one row
select
    count(*) filter (created_on < $watched['from_on']::date) as before_count,
    count(*) filter (
        created_on >= coalesce($watched['from_on']::date, created_on)
        and created_on < $watched['as_of']::date
        and not in_days($watched, created_on)
    ) as in_gap_count,
    count(*) filter (created_on >= coalesce($watched['from_on']::date, created_on) and created_on >= $watched['as_of']::date)
        as after_count,
    count(*) filter (created_on < $watched['as_of']::date and in_days($watched, created_on)) as left_count
from snapshot.fact_leads
where created_on < $asked['as_of']::date and in_days($asked, created_on) and in_scope($asked, channel, source, segment, region)
