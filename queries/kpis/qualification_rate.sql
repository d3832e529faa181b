-- title:     Qualification rate
-- stage:     qualification
-- home:      qualification, headline
-- rows:      journey_units('qualified', $scope, $horizon)
-- headline:  both
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads, how many meet the agreed definition of qualified by the time their channel is judged.
-- needs:     leads.created_at, leads.sql_at, leads.disqualified_at
-- links:     none
-- windows:   none
-- horizon:   inbound 14, outbound 60
-- also:      horizon_days, judge_on, ended_share, open_share, criteria_versions, conversation_count, qualified_conversations,
--            share_of_conversations, conversations_low, conversations_high
-- across:    Leads arrive at different readiness: compare at equal age and within a segment, never at each channel's own age.
-- caveat:    Softer criteria raise it: read it beside sales acceptance and the close rate of what was qualified.
-- caveat:    More than one version of the criteria in the period is a break in the series: the rate mixes two definitions.
-- caveat:    Qualified by conversation is an activity of the chosen days: a call that ended qualified or with a meeting booked.
-- counter:   sales_acceptance_rate
-- answers:   S0.19, S0.12
with

-- Closed leads compete with qualification; leads younger than the horizon are censored, not failed.
at_horizon as (

    select *
    from incidence_at('qualified', $scope, [$horizon['inbound'], $horizon['outbound']])
    where age_days = horizon_of($horizon, channel)

),

definitions as (

    select
        slice,
        channel,
        count(distinct criteria_version) as criteria_versions
    from scope_lead_records($scope)
    group by slice, channel

),

-- The second view: what the calls of these days achieved. A booked meeting goes further than qualified, so it counts too.
conversations as (

    select
        slice,
        channel,
        count(*) as conversation_count,
        count(*) filter (where disposition in ('qualified', 'meeting_booked')) as qualified_conversations
    from scope_calls($scope)
    where is_conversation
    group by slice, channel

)

select
    slice,
    channel,
    at_horizon.events as numerator,
    at_horizon.unit_count as denominator,
    at_horizon.share as estimate,
    at_horizon.low,
    at_horizon.high,
    at_horizon.n_old_enough,
    at_horizon.status,
    at_horizon.age_days as horizon_days,
    at_horizon.judge_on,
    at_horizon.ended_share,
    at_horizon.open_share,
    definitions.criteria_versions,
    conversations.conversation_count,
    conversations.qualified_conversations,
    case
        when conversations.conversation_count >= 10
            then safe_ratio(conversations.qualified_conversations, conversations.conversation_count)
    end as share_of_conversations,
    case
        when conversations.conversation_count >= 10
            then wilson_low(conversations.qualified_conversations, conversations.conversation_count, z_of(95))
    end as conversations_low,
    case
        when conversations.conversation_count >= 10
            then wilson_high(conversations.qualified_conversations, conversations.conversation_count, z_of(95))
    end as conversations_high
from at_horizon
left join definitions using (slice, channel)
left join conversations using (slice, channel)
