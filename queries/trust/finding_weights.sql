-- title:  What rests on the findings, and on the rows left out
-- grain:  one row per code of a finding, and per extract and reason of rows left out ('opportunities CLOSED_WITHOUT_DATE')
-- Run at load time, while the staged rows are there. row_codes: the codes whose findings name every row concerned; of all
-- others (about a file, or with an example) nobody can say what rests on them, so their figures are null. A row that was merged
-- is used under another: nothing rests on it.
with

lines as (

    select distinct
        code,
        extract,
        file,
        line
    from snapshot.findings
    where list_contains($row_codes, code)
    union all
    select distinct
        concat(extract, ' ', reason) as code,
        extract,
        file,
        line
    from snapshot.left_out_rows
    where fate <> 'merged'

),

-- Which lead a row belongs to, and which deal it is or tells of. Spend, targets and staffing belong to no lead.
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
    select lines.code, staged.lead_id, coalesce(staged.opportunity_id, concat(staged.file, ' ', staged.line))
    from lines
    inner join staged_opportunities as staged using (file, line)
    where lines.extract = 'opportunities'
    union all
    select lines.code, facts.lead_id, staged.opportunity_id
    from lines
    inner join staged_opportunity_changes as staged using (file, line)
    left join snapshot.fact_opportunities as facts using (opportunity_id)
    where lines.extract = 'opportunity_changes'
    union all
    select lines.code, facts.lead_id, staged.opportunity_id
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
        code,
        count(distinct lead_id) as lead_count
    from found_rows
    group by code

),

-- The deals in use, and those that are left out with their lead.
deals_of_leads as (

    select lead_id, opportunity_id, amount, currency
    from snapshot.fact_opportunities
    union all
    select source_lead_id as lead_id, opportunity_id, amount, currency
    from staged_opportunities
    where reason = 'LEAD_NOT_FOUND'

),

-- A row that is a deal, or tells of one, brings that deal alone; any other row of a lead brings all deals of the lead. An amount that
-- was refused is unknown.
brought as (

    select found_rows.code, deals_of_leads.opportunity_id, deals_of_leads.amount, deals_of_leads.currency
    from found_rows
    inner join deals_of_leads
        on
            found_rows.lead_id = deals_of_leads.lead_id
            and deals_of_leads.opportunity_id = coalesce(found_rows.opportunity_id, deals_of_leads.opportunity_id)
    union all
    select
        lines.code,
        coalesce(staged.opportunity_id, concat(staged.file, ' ', staged.line)),
        case when coalesce(staged.field not in ('amount', 'acv', 'currency'), true) then staged.amount end,
        staged.currency
    from lines
    inner join staged_opportunities as staged using (file, line)
    where lines.extract = 'opportunities'

),

-- Each deal once, however many rows lead to it; where they say different things of its worth, that is unknown.
deals as (

    select
        code,
        opportunity_id,
        case when count(distinct struct_pack(amount := amount, currency := currency)) = 1 then any_value(amount) end as amount,
        min(currency) as currency
    from brought
    group by code, opportunity_id

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
from (
    select code from snapshot.findings
    union
    select code from lines
) as codes
cross join given
left join lead_weights using (code)
left join deal_weights using (code)
order by codes.code
