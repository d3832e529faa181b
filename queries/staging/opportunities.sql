-- title:    Opportunities
-- grain:    one row per row of the extract, with what became of it
-- key:      opportunity_id
-- required: opportunity_id, created_at
-- optional: lead_id, account_id, source, stage, amount, acv, currency, expected_close, closed_at, outcome, loss_reason
-- decides:  lead_id, account_id, stage, amount, acv, expected_close, closed_at, outcome
-- dates:    created_at, expected_close, closed_at
-- ids:      opportunity_id, lead_id, account_id
-- money:    amount, acv
-- bounds:   amount 0..max_amount, acv 0..max_amount
-- order:    created_at <= closed_at
-- apart:    expected_close
-- categories: source, stage, loss_reason as reason
with

typed as (

    select
        *,
        moment(created_at) as created_moment,
        moment(closed_at) as closed_moment,
        moment(expected_close) as expected_moment,
        try_cast(amount as decimal(18, 2)) as amount_number,
        try_cast(coalesce(acv, amount) as decimal(18, 2)) as acv_number,
        coalesce(fold(outcome), 'open') as outcome_word
    from source_opportunities

),

judged as (

    select
        typed.*,
        lead_aliases.kept_lead_id,
        coalesce(
            fault,
            problem(opportunity_id is null, 'MISSING_VALUE', 'opportunity_id', opportunity_id),
            problem(created_at is null, 'MISSING_VALUE', 'created_at', created_at),
            problem(created_moment is null, 'BAD_DATE', 'created_at', created_at),
            problem(year(created_moment) not between 1990 and 2100, 'DATE_RANGE', 'created_at', created_at),
            problem(closed_at is not null and closed_moment is null, 'BAD_DATE', 'closed_at', closed_at),
            problem(year(closed_moment) not between 1990 and 2100, 'DATE_RANGE', 'closed_at', closed_at),
            problem(expected_close is not null and expected_moment is null, 'BAD_DATE', 'expected_close', expected_close),
            problem(year(expected_moment) not between 1990 and 2100, 'DATE_RANGE', 'expected_close', expected_close),
            problem(outcome_word not in ('won', 'lost', 'open'), 'UNKNOWN_VALUE', 'outcome', outcome),
            problem(outcome_word in ('won', 'lost') and closed_moment is null, 'CLOSED_WITHOUT_DATE', 'closed_at', closed_at),
            problem(amount is not null and amount_number is null, 'BAD_NUMBER', 'amount', amount),
            problem(acv is not null and acv_number is null, 'BAD_NUMBER', 'acv', acv),
            problem($policy['zero_amount'] = 'refuse' and amount_number = 0, 'AMOUNT_NOT_POSITIVE', 'amount', amount),
            problem($policy['zero_amount'] = 'refuse' and acv is not null and acv_number = 0, 'AMOUNT_NOT_POSITIVE', 'acv', acv),
            problem(created_moment::date > $policy['known_until']::date, 'FUTURE', 'created_at', created_at),
            problem(
                currency is not null and $policy['currency'] is not null and upper(currency) <> $policy['currency'],
                'CURRENCY_MISMATCH', 'currency', currency
            ),
            problem(is_conflicting, 'CONFLICTING_ROWS', 'opportunity_id', opportunity_id)
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
            when created_moment::date > $as_of::date then 'excluded'
            -- A deal that names no lead is a deal all the same; where no leads are given, none can be found.
            when lead_id is not null and kept_lead_id is null and exists (select 1 from lead_aliases) then 'excluded'
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
        when fate = 'excluded' then
            coalesce(excluded_by, case when created_moment::date > $as_of::date then 'AFTER_AS_OF' else 'LEAD_NOT_FOUND' end)
    end as reason,
    case when fate = 'rejected' then found_problem['field'] end as field,
    case when fate = 'rejected' then found_problem['found'] end as found,
    kept,
    opportunity_id,
    kept_lead_id as lead_id,
    lead_id as source_lead_id,
    is_by_person,
    account_id,
    source,
    created_moment as created_at,
    stage,
    amount_number as amount,
    acv_number as acv,
    coalesce(upper(currency), $policy['currency']) as currency,
    expected_moment as expected_close,
    -- An open opportunity with a closing date was reopened: the date is stale and says nothing.
    case when outcome_word <> 'open' then closed_moment end as closed_at,
    outcome_word = 'open' and closed_moment is not null as is_reopened,
    outcome_word as outcome,
    loss_reason
from decided
