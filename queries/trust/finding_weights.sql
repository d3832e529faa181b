-- title:  What rests on the findings
-- grain:  one row per code of a finding
-- Run at load time, while the staged rows are there. row_codes: the codes whose findings name every row concerned; of all
-- others (about a file, or with an example) nobody can say what rests on them, so their figures are null.
with

lines as (

    select distinct
        code,
        extract,
        file,
        line
    from snapshot.findings
    where list_contains($row_codes, code)

),

-- Which lead a row belongs to. A row that is a deal, or tells of one, brings that deal alone; any other row of a lead brings all
-- deals of the lead. Spend, targets and staffing belong to no lead.
found_rows as (

    select lines.code, staged.kept_lead_id as lead_id, null::varchar as opportunity_id
    from lines
    inner join staged_leads as staged using (file, line)
    where lines.extract = 'leads'
    union all
    select lines.code, staged.lead_id, null
    from lines
    inner join staged_calls as staged using (file, line)
    where lines.extract = 'calls'
    union all
    select lines.code, staged.lead_id, null
    from lines
    inner join staged_meetings as staged using (file, line)
    where lines.extract = 'meetings'
    union all
    select lines.code, staged.lead_id, null
    from lines
    inner join staged_handoffs as staged using (file, line)
    where lines.extract = 'handoffs'
    union all
    select lines.code, staged.lead_id, null
    from lines
    inner join staged_data_checks as staged using (file, line)
    where lines.extract = 'data_checks'
    union all
    select lines.code, staged.lead_id, null
    from lines
    inner join staged_time_log as staged using (file, line)
    where lines.extract = 'time_log'
    union all
    select lines.code, facts.lead_id, null
    from lines
    inner join staged_call_answers as staged using (file, line)
    left join snapshot.fact_calls as facts using (call_id)
    where lines.extract = 'call_answers'
    union all
    select lines.code, facts.lead_id, null
    from lines
    inner join staged_call_scores as staged using (file, line)
    left join snapshot.fact_calls as facts using (call_id)
    where lines.extract = 'call_scores'
    union all
    select lines.code, staged.lead_id, staged.opportunity_id
    from lines
    inner join staged_opportunities as staged using (file, line)
    where lines.extract = 'opportunities'
    union all
    select lines.code, facts.lead_id, facts.opportunity_id
    from lines
    inner join staged_opportunity_changes as staged using (file, line)
    left join snapshot.fact_opportunities as facts using (opportunity_id)
    where lines.extract = 'opportunity_changes'
    union all
    select lines.code, facts.lead_id, facts.opportunity_id
    from lines
    inner join staged_opportunity_contacts as staged using (file, line)
    left join snapshot.fact_opportunities as facts using (opportunity_id)
    where lines.extract = 'opportunity_contacts'
    union all
    select lines.code, facts.lead_id, null
    from lines
    inner join staged_account_sets as staged using (file, line)
    left join snapshot.fact_leads as facts using (account_id)
    where lines.extract = 'account_sets'
    union all
    select lines.code, facts.lead_id, null
    from lines
    inner join staged_revenue as staged using (file, line)
    left join snapshot.fact_leads as facts using (account_id)
    where lines.extract = 'revenue'

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
