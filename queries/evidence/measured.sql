-- title:  What the snapshot says of itself, whatever is asked of it: links, windows, gaps, coverage and the site's horizons, as lists
-- grain:  one row
-- undated_on: where leads have no creation date, the day that stands in for it.
select
    (select list(links order by links.extract, links.partner, links.kind) from snapshot.evidence_links as links) as links,
    (select list(windows order by windows.stream) from snapshot.evidence_windows as windows) as windows,
    (select list(gaps order by gaps.stream, gaps.from_on) from snapshot.evidence_gaps as gaps) as gaps,
    (select list(coverage) from snapshot.coverage as coverage) as coverage,
    (select list(settings) from snapshot.settings as settings where starts_with(settings.name, 'horizons.')) as horizons,
    (
        select max(leads.created_on)
        from snapshot.fact_leads as leads
        where (
            select known_count = 0
            from snapshot.coverage
            where extract = 'leads' and column_name = 'created_at'
        )
    ) as undated_on
