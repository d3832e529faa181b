-- title:     Cost per qualified conversation
-- stage:     conversation
-- home:      inbound, headline
-- rows:      cohort_leads
-- counter:   sales_acceptance_rate
-- headline:  inbound
-- unit:      money
-- of:        qualified conversations
-- direction: lower_is_better
-- reads:     What one conversation worth having costs: the spend of a month over what the leads of that month brought.
-- needs:     spend.month, spend.cost, calls.outcome_code, calls.reached_role, call_answers.question_id, call_answers.answered,
--            leads.created_at, calls.lead_id
-- links:     calls.lead, call_answers.call, spend.source
-- windows:   calls, call_answers, spend
-- withheld:  No spend is recorded for this channel, so its cost is unknown.
-- horizon:   inbound 30, outbound 90
-- also:      horizon_days, lead_count, month_count, younger_month_count, cost_at_least, cost_kinds, is_same_basis
-- across:    Both channels must carry the same kinds of cost; otherwise the comparison is void.
-- caveat:    Qualified: a decision maker or influencer was reached, at least half of the required questions were answered and
--            the call ended as qualified, meeting booked or interested but not ready.
-- caveat:    Only whole months count whose youngest lead is old enough, and only those with spend on record.
-- caveat:    Spend is taken as booked: work and lists count if they are in the extract. cost_kinds says what is in it.
-- caveat:    Spend is not known by segment or region: cut that way the figure is not available.
-- caveat:    Log-scale interval with the spend as given; conversations of one account count as belonging together.
-- caveat:    With no qualified conversation yet, cost_at_least is a lower limit (95 %, one-sided, Poisson).
-- answers:   S1.80
with

-- A source whose leads all came by one channel gives it to spend that names no channel of origin.
source_channels as (

    select
        source,
        min(channel) as channel
    from snapshot.fact_leads
    where created_on < $scope['as_of']::date
    group by source
    having count(distinct channel) = 1

),

spend_lines as (

    select
        date_trunc('month', spend.month_on)::date as month_on,
        case
            when spend.channel in ('inbound', 'outbound', 'other') then spend.channel else coalesce(source_channels.channel, 'unknown')
        end as channel,
        spend.source,
        spend.kind,
        spend.cost_amount
    from snapshot.fact_spend as spend
    left join source_channels using (source)

),

-- Whole months only. A month is judged when its youngest lead has reached the age at which its channel is judged.
chosen_spend as (

    select
        slice_of($scope, or_blank(source), null, null) as slice,
        channel,
        month_on,
        kind,
        cost_amount,
        last_day(month_on) + greatest(1, horizon_of($horizon, channel)) <= $scope['as_of']::date as is_mature
    from spend_lines
    where
        coalesce($scope['slice_by'], 'source') = 'source'
        and len($scope['segments']) + len($scope['regions']) = 0
        and in_scope($scope, channel, source, null, null)
        and month_on <= $scope['as_of']::date
        and month_on >= coalesce($scope['from_on']::date, month_on)
        and last_day(month_on) <= coalesce($scope['to_on']::date, last_day(month_on))

),

mature_months as (

    select
        slice,
        channel,
        month_on,
        sum(cost_amount)::double as cost_amount
    from chosen_spend
    where is_mature
    group by slice, channel, month_on

),

spend_sums as (

    select
        slice,
        channel,
        sum(cost_amount) filter (where is_mature)::double as cost_amount,
        count(distinct month_on) filter (where is_mature) as month_count,
        count(distinct month_on) filter (where not is_mature) as younger_month_count,
        string_agg(distinct kind, ', ' order by kind) filter (where is_mature) as cost_kinds
    from chosen_spend
    group by slice, channel

),

answered as (

    select
        answers.call_id,
        count(distinct required_questions.question) as answered_count
    from snapshot.fact_call_answers as answers
    inner join required_questions() as required_questions on fold(answers.question_id) = required_questions.question
    where answers.is_answered
    group by answers.call_id

),

qualified_calls as (

    select
        calls.call_id,
        calls.lead_id,
        calls.started_on
    from snapshot.fact_calls as calls
    inner join answered using (call_id)
    where
        calls.is_conversation
        and calls.started_on <= $scope['as_of']::date
        and calls.disposition in ('qualified', 'meeting_booked', 'interested_not_ready')
        and calls.reached_role in ('decisionmaker', 'economicbuyer', 'influencer', 'influencerwithpath')
        and answered.answered_count * 2 >= (select count(*) from required_questions())

),

cohort_leads as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        coalesce(leads.account_id, leads.lead_id) as account_id,
        count(calls.call_id) as conversation_count
    from scope_leads($scope) as leads
    inner join mature_months
        on
            leads.slice = mature_months.slice
            and leads.channel = mature_months.channel
            and date_trunc('month', leads.created_on)::date = mature_months.month_on
    left join qualified_calls as calls
        on
            leads.lead_id = calls.lead_id
            and date_diff('day', leads.created_on, calls.started_on) between 0 and horizon_of($horizon, leads.channel)
    group by all

),

accounts as (

    select
        slice,
        channel,
        account_id,
        count(*) as lead_count,
        sum(conversation_count) as conversation_count
    from cohort_leads
    group by slice, channel, account_id

),

results as (

    select
        slice,
        channel,
        sum(lead_count)::bigint as lead_count,
        sum(conversation_count)::bigint as conversation_count,
        sum(conversation_count ** 2) as conversation_squares
    from accounts
    group by slice, channel

),

-- Every channel with leads has a line: without spend on record its cost is unknown, not 0.
channels as (

    select
        slice,
        channel
    from scope_leads($scope)
    union
    select
        slice,
        channel
    from spend_sums

),

-- Variance of ln(cost / conversations): 1/events times their clumping within accounts.
sums as (

    select
        channels.slice,
        channels.channel,
        spend_sums.cost_amount,
        coalesce(results.lead_count, 0) as lead_count,
        coalesce(results.conversation_count, 0) as conversation_count,
        sqrt(results.conversation_squares) / nullif(results.conversation_count, 0) as log_se,
        coalesce(spend_sums.month_count, 0) as month_count,
        coalesce(spend_sums.younger_month_count, 0) as younger_month_count,
        spend_sums.cost_kinds,
        case
            when spend_sums.slice is null then 'not_available'
            when results.conversation_count >= 10 then event_status(results.conversation_count, 10)
            when spend_sums.younger_month_count > 0 then 'too_early'
            else 'too_few'
        end as status
    from channels
    left join spend_sums using (slice, channel)
    left join results using (slice, channel)

),

bases as (

    select
        slice,
        min(coalesce(cost_kinds, '')) = max(coalesce(cost_kinds, '')) as is_same_basis
    from sums
    where channel in ('inbound', 'outbound') and month_count > 0
    group by slice
    having count(*) = 2

)

select
    slice,
    sums.channel,
    sums.cost_amount as numerator,
    sums.conversation_count as denominator,
    case when sums.status = 'ok' then sums.cost_amount / sums.conversation_count end as estimate,
    case when sums.status = 'ok' then sums.cost_amount / sums.conversation_count * exp(-z_of(95) * sums.log_se) end as low,
    case when sums.status = 'ok' then sums.cost_amount / sums.conversation_count * exp(z_of(95) * sums.log_se) end as high,
    sums.lead_count as n_old_enough,
    sums.status,
    horizon_of($horizon, sums.channel) as horizon_days,
    sums.lead_count,
    sums.month_count,
    sums.younger_month_count,
    case when sums.conversation_count = 0 then sums.cost_amount / -ln(.05) end as cost_at_least,
    sums.cost_kinds,
    bases.is_same_basis
from sums
left join bases using (slice)
