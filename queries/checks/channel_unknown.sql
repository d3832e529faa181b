-- title:    No written rule says where the lead came from
-- severity: warn
-- remedy:   Add a rule for the value found to [channel] of the mapping; until then the lead counts in neither channel.
select
    'leads' as extract,
    staged.file,
    staged.line,
    coalesce(staged.channel, staged.source, staged.first_touch_channel, staged.campaign_id, or_blank(null)) as found
from snapshot.fact_leads as leads
inner join staged_leads as staged on leads.lead_id = staged.lead_id and staged.fate = 'used'
where leads.channel = 'unknown'
