-- title:    Calls
-- grain:    one row per row of the extract, with what became of it
-- key:      call_id
-- required: call_id, started_at
-- optional: lead_id, account_id, rep_id, team, direction, talk_s, outcome_code
-- dates:    started_at
with

typed as (

    select
        *,
        moment(started_at) as started_moment,
        try_cast(talk_s as double) as talk_number,
        row_number() over (partition by excluded_by, call_id, content order by file, line) as copy_number,
        min(content) over same_key <> max(content) over same_key as is_conflicting
    from source_calls
    window same_key as (partition by excluded_by, call_id)

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            problem(call_id is null, 'MISSING_VALUE', 'call_id', call_id),
            problem(started_at is null, 'MISSING_VALUE', 'started_at', started_at),
            problem(started_moment is null, 'BAD_DATE', 'started_at', started_at),
            problem(year(started_moment) not between 1990 and 2100, 'DATE_RANGE', 'started_at', started_at),
            problem(talk_s is not null and talk_number is null, 'BAD_NUMBER', 'talk_s', talk_s),
            problem(talk_number < 0 or talk_number > 86400, 'OUT_OF_RANGE', 'talk_s', talk_s),
            problem(direction is not null and fold(direction) not in ('inbound', 'outbound'), 'UNKNOWN_VALUE', 'direction', direction),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'call_id', call_id)
        ) as found_problem
    from typed
    left join lead_aliases on typed.lead_id = lead_aliases.lead_id

),

decided as (

    select
        *,
        case
            when excluded_by is not null then 'excluded'
            when found_problem is not null then 'rejected'
            when copy_number > 1 then 'merged'
            when started_moment::date > $as_of::date then 'excluded'
            when kept_lead_id is null and $policy['orphan_calls'] = 'exclude' then 'excluded'
            else 'used'
        end as fate
    from judged

)

select
    file,
    line,
    fate,
    case
        when fate = 'rejected' then found_problem['reason']
        when fate = 'merged' then 'DUPLICATE_EXACT'
        when fate = 'excluded' then
            coalesce(excluded_by, case when started_moment::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    call_id,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    account_id,
    rep_id,
    team,
    fold(direction) as direction,
    started_moment as started_at,
    started_at as started_text,
    talk_number as talk_seconds,
    outcome_code
from decided
