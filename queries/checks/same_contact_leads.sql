-- title:    Leads that are equal in everything but their id
-- severity: warn
-- remedy:   Merge them in the source system, or set same_contact = "merge" under [policy] of the mapping.
with

-- The first of each group is the lead; the others are the finding.
copies as (

    select
        staged.file,
        staged.line,
        staged.lead_id,
        row_number() over (
            partition by staged.contact_id, source.content_but_key order by staged.file, staged.line
        ) as copy_number
    from staged_leads as staged
    inner join source_leads as source
        on staged.file = source.file and staged.line = source.line and staged.lead_id = source.lead_id
    where staged.fate = 'used' and staged.contact_id is not null

)

select
    'leads' as extract,
    file,
    line,
    lead_id as found
from copies
where copy_number > 1
