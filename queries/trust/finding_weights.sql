-- title:  What rests on the findings
-- grain:  one row per code of a finding
-- Run at load time, while the staged rows are there. row_codes: the codes whose findings name every row concerned; of all
-- others (about a file, or with an example) nobody can say what rests on them, so their figures are null.
with

-- Which lead a row belongs to. A row that is a deal, or tells of one, brings that deal alone; any other row of a lead brings all
-- deals of the lead. Spend, targets and staffing belong to no lead.
belongings as (

    select 'leads' as extract, file, line, kept_lead_id as lead_id, null::varchar as opportunity_id from staged_leads
    union all
    select 'calls', file, line, lead_id, null from staged_calls
    union all
    select 'meetings', file, line, lead_id, null from staged_meetings
    union all
    select 'handoffs', file, line, lead_id, null from staged_handoffs
    union all
    select 'data_checks', file, line, lead_id, null from staged_data_checks
    union all
    select 'time_log', file, line, lead_id, null from staged_time_log
    union all
    select 'call_answers', answers.file, answers.line, calls.lead_id, null
    from staged_call_answers as answers
    left join snapshot.fact_calls as calls using (call_id)
    union all
    select 'call_scores', scores.file, scores.line, calls.lead_id, null
    from staged_call_scores as scores
    left join snapshot.fact_calls as calls using (call_id)
    union all
    select 'opportunities', file, line, lead_id, opportunity_id from staged_opportunities
    union all
    select 'opportunity_changes', changes.file, changes.line, deals.lead_id, changes.opportunity_id
    from staged_opportunity_changes as changes
    left join snapshot.fact_opportunities as deals using (opportunity_id)
    union all
    select 'opportunity_contacts', contacts.file, contacts.line, deals.lead_id, contacts.opportunity_id
    from staged_opportunity_contacts as contacts
    left join snapshot.fact_opportunities as deals using (opportunity_id)
    union all
    select 'account_sets', targeted.file, targeted.line, leads.lead_id, null
    from staged_account_sets as targeted
    left join snapshot.fact_leads as leads using (account_id)
    union all
    select 'revenue', bookings.file, bookings.line, leads.lead_id, null
    from staged_revenue as bookings
    left join snapshot.fact_leads as leads using (account_id)

),

found_rows as (

    select distinct
        findings.code,
        belongings.lead_id,
        belongings.opportunity_id
    from snapshot.findings as findings
    inner join belongings using (extract, file, line)
    where list_contains($row_codes, findings.code)

),

lead_weights as (

    select
        found_rows.code,
        count(distinct leads.lead_id) as lead_count
    from found_rows
    left join snapshot.fact_leads as leads using (lead_id)
    group by found_rows.code

),

-- Each deal once, however many rows lead to it.
deals as (

    select distinct
        found_rows.code,
        opportunities.opportunity_id,
        opportunities.amount,
        opportunities.currency
    from found_rows
    inner join snapshot.fact_opportunities as opportunities
        on
            found_rows.lead_id = opportunities.lead_id
            and opportunities.opportunity_id = coalesce(found_rows.opportunity_id, opportunities.opportunity_id)

),

deal_weights as (

    select
        code,
        count(*) as deal_count,
        count(*) - count(amount) as without_amount_count,
        count(distinct coalesce(currency, '')) filter (where amount is not null) as currency_count,
        min(currency) filter (where amount is not null) as currency,
        sum(amount) as amount
    from deals
    group by code

),

given as (

    select coalesce(bool_or(known_count > 0), false) as has_deals
    from snapshot.coverage
    where extract = 'opportunities' and column_name = 'opportunity_id'

)

select
    codes.code,
    lead_weights.lead_count,
    case when given.has_deals and lead_weights.code is not null then coalesce(deal_weights.deal_count, 0) end as deal_count,
    case when given.has_deals and lead_weights.code is not null then coalesce(deal_weights.without_amount_count, 0) end
        as without_amount_count,
    case when given.has_deals and lead_weights.code is not null then coalesce(deal_weights.currency_count, 0) end as currency_count,
    case when deal_weights.currency_count = 1 then deal_weights.currency end as currency,
    case when deal_weights.currency_count = 1 then deal_weights.amount::double end as amount
from (select distinct code from snapshot.findings) as codes
cross join given
left join lead_weights using (code)
left join deal_weights using (code)
order by codes.code
