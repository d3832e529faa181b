-- title:    The deal was recorded as won once and is not won now
-- severity: warn
-- remedy:   It counts as what it is now. Ask who took the win back, and whether reports of that time still stand.
select
    'opportunities' as extract,
    staged.file,
    staged.line,
    concat(staged.opportunity_id, ': ', staged.outcome) as found
from staged_opportunities as staged
where
    staged.fate = 'used'
    and staged.outcome <> 'won'
    and exists (
        select 1
        from snapshot.fact_opportunity_changes as changes
        where changes.opportunity_id = staged.opportunity_id and contains(fold(changes.stage), 'won')
    )
