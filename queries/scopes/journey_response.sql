-- From a lead to its first human response, in minutes: an outbound dial to it or an inbound call of its own that was
-- answered; competing: closed before any. Followed for a week: a lead without a response by then is open at 10,080 minutes.
-- A call before the lead is a response whose time is unknown (is_timed_of): the caller became the lead, or a clock is wrong.
create or replace macro journey_response(known_on) as table
select
    lead_id as unit_id,
    lead_id,
    lead,
    account_id,
    account,
    is_crowd,
    channel,
    source,
    segment,
    region,
    created_at as started_at,
    1440 as ages_per_day,
    -1 as entry_age,
    case when responded_at <= created_at + interval 10080 minute then responded_at end as reached_at,
    case
        when least(won_on, lost_on) < (created_at + interval 10080 minute)::date
            then least(won_on, lost_on)::timestamp + interval 1 day
    end as ended_at,
    null::decimal(18, 2) as amount
from leads_as_of(known_on);
