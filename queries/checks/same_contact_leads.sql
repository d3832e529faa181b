-- title:    Leads that are equal in everything but their id
-- severity: warn
-- remedy:   Merge them in the source system, or set same_contact = "merge" under [policy] of the mapping.
with

-- The first of each group is the lead; the others are the finding.
copies as (

    select
        file,
        line,
        lead_id,
        row_number() over (partition by contact_id, content_but_key order by file, line) as copy_number
    from staged_leads
    where fate = 'used' and contact_id is not null

)

select
    'leads' as extract,
    file,
    line,
    lead_id as found
from copies
where copy_number > 1
