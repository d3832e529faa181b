-- Every journey there is, one row per unit that set out on it: how long it was followed (exit_age) and how that ended:
-- reached, ended (a competing outcome: lost, disqualified, rejected ...) or open (censored at known_on).
-- A journey is a file journey_<name>.sql (those that begin with the lead: journey_of_leads.sql) that says when a unit
-- starts, arrives or drops out; its age is counted in days, or in minutes where ages_per_day is 1440. A unit that starts
-- on known_on has no complete day behind it: its exit_age is its entry_age, so it is never at risk and joins the next day;
-- leads that arrive today change no rate (docs/adr/0004).
-- What is dated before the start has happened, at an age that nobody knows: it counts at age 0 wherever events are counted, and
-- is_timed is false, so that it leaves every figure of time ('meeting_time' in place of 'meeting': is_wanted).
create or replace macro journeys_as_of(known_on) as table
with
set_out as (
    select 'conversation' as journey, * exclude (account, is_crowd) from journey_of_leads('conversation', known_on)
    union all by name
    select 'decision_maker' as journey, * exclude (account, is_crowd) from journey_of_leads('decision_maker', known_on)
    union all by name
    select 'qualified' as journey, * exclude (account, is_crowd) from journey_of_leads('qualified', known_on)
    union all by name
    select 'meeting' as journey, * exclude (account, is_crowd) from journey_of_leads('meeting', known_on)
    union all by name
    select 'opportunity' as journey, * exclude (account, is_crowd) from journey_of_leads('opportunity', known_on)
    union all by name
    select 'won' as journey, * exclude (account, is_crowd) from journey_of_leads('won', known_on)
    union all by name
    select 'decided' as journey, * exclude (account, is_crowd) from journey_of_leads('decided', known_on)
    union all by name
    select 'recycled' as journey, * exclude (account, is_crowd) from journey_of_leads('recycled', known_on)
    union all by name
    select 'sales_ready' as journey, * exclude (account, is_crowd) from journey_of_leads('sales_ready', known_on)
    union all by name
    select 'validated' as journey, * exclude (account, is_crowd) from journey_of_leads('validated', known_on)
    union all by name
    select 'response' as journey, * exclude (lead, account, is_crowd) from journey_response(known_on)
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
    exit_age_of(started_at, ages_per_day, entry_age, reached_at, ended_at, known_on) as exit_age,
    ending_of(reached_at, ended_at) as ending,
    is_timed_of(started_at, reached_at, ended_at) as is_timed,
    case when ending_of(reached_at, ended_at) = 'reached' then amount end as amount
from set_out
where started_at::date <= known_on;
