-- One row per lead and milestone: how many days it was followed (exit_age) and how that ended:
-- reached, ended (lost, disqualified, or won without it: a competing outcome) or open (censored at known_on).
-- A lead created on known_on itself has no complete day behind it and joins the next day; so leads that arrive today
-- change no rate (docs/adr/0004). A milestone dated before its lead counts on day 0 and is a finding.
create or replace macro milestones_as_of(known_on) as table
with
followed as (
    select * from leads_as_of(known_on)
    where created_on < known_on
),
dated as (
    select *, 'conversation' as milestone, conversation_on as reached_on, least(won_on, lost_on) as ended_on from followed
    union all
    select *, 'meeting', meeting_on, least(won_on, lost_on) from followed
    union all
    select *, 'opportunity', opportunity_on, least(won_on, lost_on) from followed
    union all
    select *, 'won', won_on, lost_on from followed
),
resolved as (
    select
        *,
        case
            when reached_on <= coalesce(ended_on, reached_on) then 'reached'
            when ended_on is not null then 'ended'
            else 'open'
        end as ending
    from dated
)
select
    lead_id,
    account_id,
    created_on,
    channel,
    source,
    segment,
    region,
    milestone,
    entry_age,
    greatest(
        0,
        date_diff(
            'day',
            created_on,
            case ending when 'reached' then reached_on when 'ended' then ended_on else known_on end
        )
    )::integer as exit_age,
    ending
from resolved;
