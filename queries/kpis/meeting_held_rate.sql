-- title:     Meetings held
-- stage:     meeting
-- home:      pipeline, beside
-- rows:      (select *, ending = 'held' as is_counted from due_meetings where is_last and ending <> 'unrecorded')
-- headline:  both
-- unit:      ratio
-- of:        meetings
-- direction: higher_is_better
-- reads:     Of 100 meetings whose day has passed and whose outcome is recorded, how many were held.
-- needs:     leads.created_at, meetings.scheduled_at, meetings.status
-- links:     meetings.lead
-- windows:   none
-- horizon:   none
-- also:      no_show_count, cancelled_count, unrecorded_count, if_none_of_those_was_held, moved_count
-- across:    Both channels may be read side by side: a booked meeting is the same promise in each.
-- caveat:    A meeting that was moved counts once, by its last date: every meeting of a lead up to the one that is held is
--   taken as one chain, for no extract says which meeting took the place of which.
-- caveat:    From and to are days of the meeting. One without a scheduled day stands on the day it was held, else booked.
-- caveat:    Meetings of the past without a recorded outcome are left out; if_none_of_those_was_held counts them as not held.
-- caveat:    Several meetings of one lead resemble each other: the limits rest on leads (linearised variance by lead).
-- answers:   S0.19
with

-- What was known of each meeting on as_of: one held later has no outcome yet. Leads of as_of itself join the next day.
known_meetings as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        meetings.lead_id,
        meetings.meeting_id,
        coalesce(
            meetings.scheduled_on,
            case when meetings.held_on <= $scope['as_of']::date then meetings.held_on end,
            meetings.booked_on
        ) as meeting_on,
        case
            when meetings.held_on <= $scope['as_of']::date then 'held'
            when meetings.held_on is null and meetings.status in ('held', 'no_show', 'cancelled') then meetings.status
            else 'unrecorded'
        end as ending
    from snapshot.fact_meetings as meetings
    inner join snapshot.fact_leads as leads using (lead_id)
    where
        leads.created_on < $scope['as_of']::date
        and coalesce(meetings.booked_on, meetings.scheduled_on, meetings.held_on) <= $scope['as_of']::date
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)

),

-- The last of a chain alone counts; a chain whose last meeting is still to come counts when its day has passed.
chains as (

    select
        *,
        ending = 'held' or lead(meeting_id) over (partition by lead_id order by meeting_on, meeting_id) is null as is_last
    from known_meetings
    where meeting_on is not null

),

due_meetings as (

    select *
    from chains
    where
        meeting_on < $scope['as_of']::date
        and in_days($scope, meeting_on)

),

by_lead as (

    select
        slice,
        channel,
        lead_id,
        count(*) filter (where is_last and ending = 'held') as held_count,
        count(*) filter (where is_last and ending <> 'unrecorded') as recorded_count,
        count(*) filter (where is_last and ending = 'no_show') as no_show_count,
        count(*) filter (where is_last and ending = 'cancelled') as cancelled_count,
        count(*) filter (where is_last and ending = 'unrecorded') as unrecorded_count,
        count(*) filter (where not is_last) as moved_count
    from due_meetings
    group by slice, channel, lead_id

),

totals as (

    select
        slice,
        channel,
        sum(held_count)::bigint as held_count,
        sum(recorded_count)::bigint as recorded_count,
        sum(no_show_count)::bigint as no_show_count,
        sum(cancelled_count)::bigint as cancelled_count,
        sum(unrecorded_count)::bigint as unrecorded_count,
        sum(moved_count)::bigint as moved_count,
        count(*) filter (where recorded_count > 0) as lead_count,
        safe_ratio(sum(held_count), sum(recorded_count)) as share,
        sum(held_count * held_count) as held_squares,
        sum(held_count * recorded_count) as cross_products,
        sum(recorded_count * recorded_count) as recorded_squares
    from by_lead
    group by slice, channel

),

-- Meetings of one lead are not independent: each lead adds the square of its (held - share x recorded), multiplied out
-- so that only whole numbers are summed and the order of the rows does not matter.
rates as (

    select
        *,
        clustered_n(
            share,
            safe_ratio(
                greatest(0, held_squares - 2 * share * cross_products + share ** 2 * recorded_squares) * lead_count,
                (lead_count - 1) * recorded_count ** 2
            ),
            recorded_count,
            lead_count
        ) as worth,
        sample_status(recorded_count) as status
    from totals

)

select
    slice,
    channel,
    held_count as numerator,
    recorded_count as denominator,
    case when status <> 'too_few' then share end as estimate,
    case when status <> 'too_few' then wilson_low(share * worth, worth, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(share * worth, worth, z_of(95)) end as high,
    recorded_count as n_old_enough,
    status,
    no_show_count,
    cancelled_count,
    unrecorded_count,
    case when status <> 'too_few' then safe_ratio(held_count, recorded_count + unrecorded_count) end as if_none_of_those_was_held,
    moved_count
from rates
