-- title:    Leads
-- grain:    one row per row of the extract, with what became of it
-- key:      lead_id
-- required: lead_id, created_at
-- optional: account_id, contact_id, channel, source, campaign_id, campaign_offer, segment, region, country, timezone,
--           language_pref, industry, employee_band, title, seniority, budget_band, engagement_score, priority_at, mql_at,
--           sql_at, rejected_at, disqualified_at, dq_reason, recycled_at, first_touch_channel, first_touch_source,
--           criteria_version, entry_need, entry_product, entry_timeline, entry_company, entry_role, research_company_at,
--           research_contact_at, research_trigger_at
-- decides:  account_id, channel, source, mql_at, sql_at, disqualified_at
-- dates:    created_at, priority_at, mql_at, sql_at, rejected_at, disqualified_at, recycled_at, research_company_at,
--           research_contact_at, research_trigger_at
-- ids:      lead_id, account_id, contact_id
-- numbers:  engagement_score
-- bounds:   engagement_score -1000000..1000000
-- order:    created_at <= priority_at, created_at <= mql_at, created_at <= sql_at, created_at <= rejected_at,
--           created_at <= disqualified_at, created_at <= recycled_at
-- apart:    research_company_at, research_contact_at, research_trigger_at
-- categories: source, first_touch_source as source, campaign_id as campaign, segment, region, country, industry, employee_band,
--           seniority, budget_band, language_pref as language, dq_reason as reason
with

typed as (

    select
        *,
        moment(created_at) as created_moment,
        moment(mql_at) as mql_moment,
        moment(sql_at) as sql_moment,
        moment(disqualified_at) as disqualified_moment,
        moment(priority_at) as priority_moment,
        moment(rejected_at) as rejected_moment,
        moment(recycled_at) as recycled_moment,
        moment(research_company_at) as research_company_moment,
        moment(research_contact_at) as research_contact_moment,
        moment(research_trigger_at) as research_trigger_moment,
        try_cast(engagement_score as double) as engagement_number
    from source_leads

),

judged as (

    select
        *,
        coalesce(
            fault,
            problem(lead_id is null, 'MISSING_VALUE', 'lead_id', lead_id),
            problem(created_at is null, 'MISSING_VALUE', 'created_at', created_at),
            problem(created_moment is null, 'BAD_DATE', 'created_at', created_at),
            problem(year(created_moment) not between 1990 and 2100, 'DATE_RANGE', 'created_at', created_at),
            problem(mql_at is not null and mql_moment is null, 'BAD_DATE', 'mql_at', mql_at),
            problem(year(mql_moment) not between 1990 and 2100, 'DATE_RANGE', 'mql_at', mql_at),
            problem(sql_at is not null and sql_moment is null, 'BAD_DATE', 'sql_at', sql_at),
            problem(year(sql_moment) not between 1990 and 2100, 'DATE_RANGE', 'sql_at', sql_at),
            problem(
                disqualified_at is not null and disqualified_moment is null, 'BAD_DATE', 'disqualified_at', disqualified_at
            ),
            problem(
                year(disqualified_moment) not between 1990 and 2100, 'DATE_RANGE', 'disqualified_at', disqualified_at
            ),
            problem(priority_at is not null and priority_moment is null, 'BAD_DATE', 'priority_at', priority_at),
            problem(year(priority_moment) not between 1990 and 2100, 'DATE_RANGE', 'priority_at', priority_at),
            problem(rejected_at is not null and rejected_moment is null, 'BAD_DATE', 'rejected_at', rejected_at),
            problem(year(rejected_moment) not between 1990 and 2100, 'DATE_RANGE', 'rejected_at', rejected_at),
            problem(recycled_at is not null and recycled_moment is null, 'BAD_DATE', 'recycled_at', recycled_at),
            problem(year(recycled_moment) not between 1990 and 2100, 'DATE_RANGE', 'recycled_at', recycled_at),
            problem(
                research_company_at is not null and research_company_moment is null, 'BAD_DATE', 'research_company_at', research_company_at
            ),
            problem(
                year(research_company_moment) not between 1990 and 2100, 'DATE_RANGE', 'research_company_at', research_company_at
            ),
            problem(
                research_contact_at is not null and research_contact_moment is null, 'BAD_DATE', 'research_contact_at', research_contact_at
            ),
            problem(
                year(research_contact_moment) not between 1990 and 2100, 'DATE_RANGE', 'research_contact_at', research_contact_at
            ),
            problem(
                research_trigger_at is not null and research_trigger_moment is null, 'BAD_DATE', 'research_trigger_at', research_trigger_at
            ),
            problem(
                year(research_trigger_moment) not between 1990 and 2100, 'DATE_RANGE', 'research_trigger_at', research_trigger_at
            ),
            problem(
                engagement_score is not null and engagement_number is null, 'BAD_NUMBER', 'engagement_score', engagement_score
            ),
            problem(created_moment::date > $policy['known_until']::date, 'FUTURE', 'created_at', created_at),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'lead_id', lead_id)
        ) as found_problem
    from typed

),

-- Copies of one contact are looked for among the rows that stand: nothing is merged into a row that is refused.
copies as (

    select
        *,
        row_number() over same_contact as contact_copy_number,
        first_value(lead_id) over same_contact as first_lead_id
    from judged
    window
        same_contact as (
            partition by
                excluded_by,
                found_problem is null,
                copy_number > 1,
                contact_id,
                content_but_key,
                case when contact_id is null then lead_id end
            order by delivery, file, line
        )

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when contact_id is not null and contact_copy_number > 1 and $policy['same_contact'] = 'merge' then 'merged'
            when created_moment::date > $as_of::date then 'excluded'
            else 'used'
        end as fate,
        case when $policy['same_contact'] = 'merge' then first_lead_id else lead_id end as kept_lead_id
    from copies

)

select
    file,
    line,
    fate,
    case
        when fate = 'rejected' then found_problem['reason']
        when fate = 'merged' and copy_number > 1 then copy_reason
        when fate = 'merged' then 'SAME_CONTACT'
        when fate = 'excluded' then coalesce(excluded_by, 'AFTER_AS_OF')
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    lead_id,
    kept_lead_id,
    account_id,
    contact_id,
    content_but_key,
    clues,
    channel,
    source,
    campaign_id,
    segment,
    region,
    campaign_offer,
    country,
    timezone,
    language_pref,
    industry,
    employee_band,
    title,
    seniority,
    budget_band,
    engagement_number as engagement_score,
    first_touch_channel,
    first_touch_source,
    criteria_version,
    entry_need,
    entry_product,
    entry_timeline,
    entry_company,
    entry_role,
    priority_moment as priority_at,
    rejected_moment as rejected_at,
    recycled_moment as recycled_at,
    research_company_moment as research_company_at,
    research_contact_moment as research_contact_at,
    research_trigger_moment as research_trigger_at,
    created_moment as created_at,
    -- Stages in the wrong order say nothing about either: both are unknown, and check stage_order counts them.
    case when not coalesce(sql_moment < mql_moment, false) then mql_moment end as mql_at,
    case when not coalesce(sql_moment < mql_moment, false) then sql_moment end as sql_at,
    coalesce(sql_moment < mql_moment, false) as is_stage_order_wrong,
    disqualified_moment as disqualified_at,
    dq_reason
from decided
