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

touches as (

    select
        slice,
        channel,
        call_id,
        lead_id,
        lead,
        unanswered_before >= setting('effort.patience_touches') and not is_after_sign as is_late
    from scope_calls($scope)
    where direction is distinct from 'inbound' and lead > 0

),

by_lead as (

    select
        slice,
        channel,
        lead,
        count(*) as touch_count,
        count(*) filter (where is_late) as late_count
    from touches
    group by slice, channel, lead

),

by_account as (

    select
        by_lead.slice,
        by_lead.channel,
        coalesce(events.account, -by_lead.lead) as cluster,
        sum(by_lead.touch_count)::bigint as touch_count,
        sum(by_lead.late_count)::bigint as late_count,
        count(*) filter (where by_lead.late_count > 0) as late_lead_count
    from by_lead
    inner join snapshot.lead_events as events using (lead)
    group by by_lead.slice, by_lead.channel, coalesce(events.account, -by_lead.lead)

),

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
