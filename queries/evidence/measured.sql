-- title:  Links, windows and gaps of the snapshot, as lists
-- grain:  one row
select
    (select list(links order by links.extract, links.partner, links.kind) from snapshot.evidence_links as links) as links,
    (select list(windows order by windows.stream) from snapshot.evidence_windows as windows) as windows,
    (select list(gaps order by gaps.stream, gaps.from_on) from snapshot.evidence_gaps as gaps) as gaps
