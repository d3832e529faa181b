-- title:    Leads
-- grain:    one row per row of the extract, with what became of it
-- key:      lead_id
-- required: lead_id, created_at
-- optional: account_id, contact_id, channel, source, campaign_id, segment, region, industry, title, mql_at, sql_at,
--           disqualified_at, dq_reason, first_touch_channel
-- dates:    created_at, mql_at, sql_at, disqualified_at
with

typed as (

    select
        *,
        moment(created_at) as created_moment,
        moment(mql_at) as mql_moment,
        moment(sql_at) as sql_moment,
        moment(disqualified_at) as disqualified_moment,
        row_number() over (partition by excluded_by, lead_id, content order by file, line) as copy_number,
        row_number() over (partition by excluded_by, contact_id, content_but_key order by file, line) as contact_copy_number,
        first_value(lead_id) over (
            partition by excluded_by, contact_id, content_but_key, case when contact_id is null then lead_id end order by line
        ) as first_lead_id,
        min(content) over same_key <> max(content) over same_key as is_conflicting
    from source_leads
    window same_key as (partition by excluded_by, lead_id)

),

judged as (

    select
        *,
        coalesce(
            problem(lead_id is null, 'MISSING_VALUE', 'lead_id', lead_id),
            problem(created_at is null, 'MISSING_VALUE', 'created_at', created_at),
            problem(created_moment is null, 'BAD_DATE', 'created_at', created_at),
            problem(year(created_moment) not between 1990 and 2100, 'DATE_RANGE', 'created_at', created_at),
            problem(mql_at is not null and mql_moment is null, 'BAD_DATE', 'mql_at', mql_at),
            problem(sql_at is not null and sql_moment is null, 'BAD_DATE', 'sql_at', sql_at),
            problem(disqualified_at is not null and disqualified_moment is null, 'BAD_DATE', 'disqualified_at', disqualified_at),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'lead_id', lead_id),
            problem(disqualified_moment::date < created_moment::date, 'CLOSED_BEFORE_CREATED', 'disqualified_at', disqualified_at)
        ) as found_problem
    from typed

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
    from judged

)

select
    file,
    line,
    fate,
    case
        when fate = 'rejected' then found_problem['reason']
        when fate = 'merged' and copy_number > 1 then 'DUPLICATE_EXACT'
        when fate = 'merged' then 'SAME_CONTACT'
        when fate = 'excluded' then coalesce(excluded_by, 'AFTER_AS_OF')
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    lead_id,
    kept_lead_id,
    account_id,
    contact_id,
    channel,
    source,
    campaign_id,
    segment,
    region,
    first_touch_channel,
    created_moment as created_at,
    -- Stages in the wrong order say nothing about either: both are unknown, and check stage_order counts them.
    case when not coalesce(sql_moment < mql_moment, false) then mql_moment end as mql_at,
    case when not coalesce(sql_moment < mql_moment, false) then sql_moment end as sql_at,
    coalesce(sql_moment < mql_moment, false) as is_stage_order_wrong,
    disqualified_moment as disqualified_at,
    dq_reason
from decided
