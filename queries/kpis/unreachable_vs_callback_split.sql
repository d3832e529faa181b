-- title:     Unreachable, or a callback forgotten
-- stage:     reach
-- home:      operations, detail
-- rows:      (select * exclude (line), line['measure'] as measure, line['holds'] as is_counted from lines)
-- headline:  none
-- unit:      ratio
-- of:        leads closed as unreachable
-- first:     callback_never_made
-- direction: lower_is_better
-- reads:     Of 100 leads closed as unreachable, how many had asked for a callback nobody made, and how many were dialled less
--   often than agreed.
-- needs:     leads.disqualified_at, leads.dq_reason, calls.outcome_code, calls.callback_of, calls.direction, calls.lead_id
-- links:     calls.lead, calls.callback
-- windows:   calls
-- horizon:   none
-- also:      measure, minimum_attempts, never_dialled_count
-- across:    The agreed number of attempts may differ by channel: read each channel against its own plan.
-- caveat:    Closed as unreachable means that the reason given at closing is one of the codes mapped to unreachable. A lead
--   closed for another reason, or for none, is not counted here.
-- caveat:    A callback is made when a later dial names the call that promised it, on time or not. Where dials are not tied to
--   promises, every promise looks forgotten.
-- caveat:    A lead may stand in both lines, so they are not added up. A call without a direction counts as a dial.
-- answers:   S0.18
with

-- Counted on the day of closing, so from and to choose that day, not the day on which the lead was created.
closed_leads as (

    select
        slice,
        channel,
        lead_id,
        disqualified_on
    from
        scope_leads(any_day($scope))
    where
        in_days($scope, disqualified_on)
        and (
            list_contains(setting_list('dispositions.unreachable'), fold(disqualified_reason))
            or fold(disqualified_reason) = 'unreachable'
        )

),

dials as (

    select
        closed_leads.lead_id,
        count(*) as dial_count
    from closed_leads
    inner join snapshot.fact_calls as calls using (lead_id)
    where calls.started_on <= closed_leads.disqualified_on and calls.direction is distinct from 'inbound'
    group by closed_leads.lead_id

),

forgotten as (

    select distinct closed_leads.lead_id
    from closed_leads
    inner join snapshot.fact_calls as requests using (lead_id)
    left join snapshot.fact_calls as answers
        on
            requests.call_id = answers.callback_of
            and answers.started_on <= $scope['as_of']::date
            and answers.direction is distinct from 'inbound'
    where
        requests.started_on <= closed_leads.disqualified_on
        and (requests.disposition = 'callback_requested' or requests.callback_due_at is not null)
        and answers.call_id is null

),

lines as (

    select
        closed_leads.slice,
        closed_leads.channel,
        closed_leads.lead_id,
        closed_leads.disqualified_on,
        dials.dial_count is null as is_never_dialled,
        unnest([
            {'measure': 'callback_never_made', 'holds': forgotten.lead_id is not null},
            {
                'measure': 'too_few_attempts',
                'holds': coalesce(dials.dial_count, 0) < setting('effort.minimum_attempts')
            },
        ]) as line
    from closed_leads
    left join dials using (lead_id)
    left join forgotten using (lead_id)

),

totals as (

    select
        slice,
        channel,
        line['measure'] as measure,
        count(*) as lead_count,
        count(*) filter (where line['holds']) as held_count,
        count(*) filter (where is_never_dialled) as never_dialled_count,
        sample_status(count(*)) as status
    from lines
    group by all

)

select
    slice,
    channel,
    held_count as numerator,
    lead_count as denominator,
    case when status <> 'too_few' then safe_ratio(held_count, lead_count) end as estimate,
    case when status <> 'too_few' then wilson_low(held_count, lead_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(held_count, lead_count, z_of(95)) end as high,
    lead_count as n_old_enough,
    status,
    measure,
    setting('effort.minimum_attempts') as minimum_attempts,
    never_dialled_count
from totals
