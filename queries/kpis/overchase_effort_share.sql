-- title:     Weak leads chased too long
-- stage:     qualification
-- home:      inbound, detail
-- rows:      (select *, is_late as is_counted from touches)
-- headline:  inbound
-- unit:      ratio
-- of:        dials
-- direction: lower_is_better
-- reads:     Of 100 dials, how many went to leads that had already left the agreed number of dials without any sign.
-- needs:     calls.started_at, calls.lead_id, calls.direction, calls.outcome_code
-- links:     calls.lead
-- windows:   calls
-- horizon:   none
-- also:      patience_touches, late_lead_count, account_count
-- across:    Persistence pays later in outbound: grey there unless its own number of dials is set.
-- caveat:    The agreed number is the setting effort.patience_touches (8 unless set). It is set beforehand, not read off the
--   leads that converted in the same days, and it is one number for both channels.
-- caveat:    A sign is a conversation, a call of the lead's own or a held meeting, on an earlier day or earlier that day. Dials
--   before the chosen days count towards the number, but only dials of the chosen days are in the share.
-- caveat:    A code without an entry in the settings is neither answered nor unanswered. A call without a direction is a dial;
--   dials without a lead are left out.
-- caveat:    Dials of one account resemble each other: the limits rest on accounts (linearised variance) in place of a bootstrap.
-- answers:   S1.2
with

signs as (

    select
        lead_id,
        min(coalesce(started_at, started_on::timestamp)) as signed_at
    from snapshot.fact_calls
    where started_on <= $scope['as_of']::date and (is_conversation or direction = 'inbound')
    group by lead_id

),

meetings as (

    select
        lead_id,
        min(held_on) as met_on
    from snapshot.fact_meetings
    where held_on <= $scope['as_of']::date
    group by lead_id

),

-- The whole history of a lead: patience does not begin again with the window that a reader chose.
dials as (

    select
        call_id,
        lead_id,
        started_on,
        coalesce(started_at, started_on::timestamp) as dialled_at,
        count(*) filter (where not is_conversation and disposition <> 'unmapped') over (
            partition by lead_id
            order by started_on, started_at, call_id rows between unbounded preceding and 1 preceding
        ) as unanswered_before
    from snapshot.fact_calls
    where started_on <= $scope['as_of']::date and direction is distinct from 'inbound' and lead_id is not null

),

touches as (

    select
        chosen.slice,
        chosen.channel,
        chosen.call_id,
        dials.lead_id,
        coalesce('account ' || leads.account_id, 'lead ' || dials.lead_id) as cluster_id,
        dials.unanswered_before >= setting('effort.patience_touches')
        and coalesce(signs.signed_at >= dials.dialled_at, true)
        and coalesce(meetings.met_on >= dials.started_on, true) as is_late
    from scope_calls($scope) as chosen
    inner join dials using (call_id)
    inner join snapshot.fact_leads as leads on dials.lead_id = leads.lead_id
    left join signs on dials.lead_id = signs.lead_id
    left join meetings on dials.lead_id = meetings.lead_id

),

by_account as (

    select
        slice,
        channel,
        cluster_id,
        count(*) as touch_count,
        count(*) filter (where is_late) as late_count,
        count(distinct lead_id) filter (where is_late) as late_lead_count
    from touches
    group by slice, channel, cluster_id

),

-- Sums of whole numbers, which have no order.
totals as (

    select
        slice,
        channel,
        count(*) as account_count,
        sum(touch_count)::bigint as touch_count,
        sum(late_count)::bigint as late_count,
        sum(late_lead_count)::bigint as late_lead_count,
        sum(late_count * late_count)::bigint as late_squares,
        sum(late_count * touch_count)::bigint as products,
        sum(touch_count * touch_count)::bigint as touch_squares,
        safe_ratio(sum(late_count), sum(touch_count)) as share
    from by_account
    group by slice, channel

),

rates as (

    select
        *,
        clustered_share_n(share, late_squares, products, touch_squares, touch_count, account_count) as worth,
        sample_status(touch_count) as status
    from totals

)

select
    slice,
    channel,
    late_count as numerator,
    touch_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * worth, worth, z_of(95)) end as high,
    touch_count as n_old_enough,
    status,
    setting('effort.patience_touches')::integer as patience_touches,
    late_lead_count,
    account_count
from rates
