-- Every journey there is, one row per unit that set out on it: how long it was followed (exit_age) and how that ended:
-- reached, ended (a competing outcome: lost, disqualified, rejected ...) or open (censored at known_on).
-- A journey is a file journey_<name>.sql (those that begin with the lead: journey_of_leads.sql) that says when a unit
-- starts, arrives or drops out; its age is counted in days, or in minutes where ages_per_day is 1440. A unit that starts
-- on known_on has no complete day behind it: its exit_age is its entry_age, so it is never at risk and joins the next day;
-- leads that arrive today change no rate (docs/adr/0004).
-- What is dated before the start has happened, at an age that nobody knows: it counts at age 0 wherever events are counted, and
-- is_timed is false, so that it leaves every figure of time ('meeting_time' in place of 'meeting': is_wanted).
create or replace macro oracle_journeys_as_of(known_on) as table
with
set_out as (
    select * from oracle_journey_of_leads(known_on)
    union all by name
    select 'response' as journey, * from oracle_journey_response(known_on)
    union all by name
    select 'sql_from_mql' as journey, * from journey_sql_from_mql(known_on)
    union all by name
    select 'accepted' as journey, * from journey_accepted(known_on)
    union all by name
    select 'sales_touch' as journey, * from journey_sales_touch(known_on)
    union all by name
    select 'feedback' as journey, * from journey_feedback(known_on)
    union all by name
    select 'escalated' as journey, * from journey_escalated(known_on)
    union all by name
    select 'return_not_ready' as journey, * from journey_return(known_on, 'interested_not_ready')
    union all by name
    select 'return_no_fit' as journey, * from journey_return(known_on, 'no_fit')
    union all by name
    select 'return_dismissed' as journey, * exclude (account, disqualified_reason) from journey_return_dismissed(known_on)
    union all by name
    select 'deal_won' as journey, * from journey_deal_won(known_on)
    union all by name
    select 'account_opportunity' as journey, * from journey_account_opportunity(known_on)
    union all by name
    select 'expanded' as journey, * from journey_expanded(known_on)
    union all by name
    select 'silent' as journey, * from journey_silent(known_on)
),
resolved as (
    select
        *,
        case
            when reached_at <= coalesce(ended_at, reached_at) then 'reached'
            when ended_at is not null then 'ended'
            else 'open'
        end as ending
    from set_out
    where started_at::date <= known_on
)
select
    journey,
    unit_id,
    lead_id,
    account_id,
    channel,
    source,
    segment,
    region,
    started_at::date as started_on,
    ages_per_day,
    entry_age,
    case
        when started_at::date = known_on then entry_age
        else greatest(0, case
            when ages_per_day = 1
                then date_diff(
                    'day',
                    started_at::date,
                    case ending when 'reached' then reached_at::date when 'ended' then ended_at::date else known_on end
                )
            else date_diff(
                'minute',
                started_at,
                case ending when 'reached' then reached_at when 'ended' then ended_at else known_on + interval 1 day end
            )
        end)
    end::integer as exit_age,
    ending,
    not is_before(case ending when 'reached' then reached_at when 'ended' then ended_at end, started_at) as is_timed,
    case when ending = 'reached' then amount end as amount
from resolved;
