-- title:  Leads
-- grain:  one row per lead
-- The channel of origin is decided here, once: the first written rule that fits (channel_rules, from the mapping) names it,
-- and the rule with the value it rests on is kept. A call's direction is no rule. No rule fits: unknown.
with

evidence as (

    select
        lead_id,
        unnest(
            list_concat(
                [
                    {'field': 'channel', 'found': channel},
                    {'field': 'source', 'found': source},
                    {'field': 'first_touch_channel', 'found': first_touch_channel},
                    {'field': 'campaign_id', 'found': campaign_id},
                ],
                clues
            )
        ) as clue
    from spelt_leads
    where fate = 'used'

),

decisions as (

    select
        evidence.lead_id,
        min_by(channel_rules.channel, channel_rules.rule_order) as channel,
        min_by(channel_rules.rule_id, channel_rules.rule_order) as channel_rule,
        min_by(evidence.clue['field'] || ' = ' || evidence.clue['found'], channel_rules.rule_order) as channel_evidence
    from evidence
    inner join channel_rules
        on evidence.clue['field'] = channel_rules.field and fold(evidence.clue['found']) = fold(channel_rules.found)
    group by evidence.lead_id

)

select
    leads.lead_id,
    leads.account_id,
    coalesce(decisions.channel, 'unknown') as channel,
    coalesce(decisions.channel_rule, 'no rule fits') as channel_rule,
    decisions.channel_evidence,
    or_blank(leads.source) as source,
    or_blank(leads.segment) as segment,
    or_blank(leads.region) as region,
    leads.campaign_id,
    leads.campaign_offer,
    leads.country,
    leads.timezone,
    leads.language_pref,
    leads.industry,
    leads.employee_band,
    leads.title,
    leads.seniority,
    leads.budget_band,
    leads.engagement_score,
    leads.first_touch_channel,
    leads.first_touch_source,
    leads.criteria_version,
    leads.entry_need,
    leads.entry_product,
    leads.entry_timeline,
    leads.entry_company,
    leads.entry_role,
    leads.priority_at,
    leads.rejected_at::date as rejected_on,
    leads.recycled_at::date as recycled_on,
    leads.research_company_at,
    leads.research_contact_at,
    leads.research_trigger_at,
    leads.created_at,
    leads.created_at::date as created_on,
    -1 as entry_age,
    leads.mql_at::date as mql_on,
    leads.sql_at::date as sql_on,
    leads.disqualified_at::date as disqualified_on,
    leads.dq_reason as disqualified_reason
from spelt_leads as leads
left join decisions using (lead_id)
where leads.fate = 'used'
order by created_on, lead_id
