-- title:    Targets
-- grain:    one row per row of the extract, with what became of it
-- key:      month
-- versions: month[:7], fold(channel)
-- required: month, channel, target
-- dates:    month
-- money:    target
-- bounds:   target 0..100 max_amount
with

typed as (

    select
        *,
        moment(month) as month_typed,
        try_cast(target as decimal(18, 2)) as target_typed,
        -- A month has one target for each channel: the column that identifies a row is not the month alone.
        min(content) over same_key <> max(content) over same_key as is_set_twice
    from source_targets
    window same_key as (partition by delivery, excluded_by, date_trunc('month', moment(month)), fold(channel))

),

judged as (

    select
        *,
        coalesce(
            fault,
            problem(month is null, 'MISSING_VALUE', 'month', month),
            problem(channel is null, 'MISSING_VALUE', 'channel', channel),
            problem(target is null, 'MISSING_VALUE', 'target', target),
            problem(month_typed is null, 'BAD_DATE', 'month', month),
            problem(year(month_typed) not between 1990 and 2100, 'DATE_RANGE', 'month', month),
            problem(fold(channel) not in ('inbound', 'outbound', 'other'), 'UNKNOWN_VALUE', 'channel', channel),
            problem(target_typed is null, 'BAD_NUMBER', 'target', target),
            problem(target_typed = 0, 'AMOUNT_NOT_POSITIVE', 'target', target),
            problem(is_set_twice, 'CONFLICTING_ROWS', 'month', month)
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
        when fate = 'merged' then copy_reason
        when fate = 'excluded' then excluded_by
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    month_typed as month,
    fold(channel) as channel,
    target_typed as target
from decided
