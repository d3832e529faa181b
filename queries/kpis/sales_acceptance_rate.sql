-- title:     Sales acceptance
-- stage:     qualification
-- home:      qualification, headline
-- rows:      (select *, 'accepted_in_time' as measure from journey_units('accepted', $scope, every_channel(setting('sla.acceptance_days')))
--            union all
--            select * replace (ending = 'reached' as is_counted), 'accepted_of_decided' as measure
--            from journey_units('accepted', $scope, every_channel(setting('sla.acceptance_days')))
--            where is_followed and ending in ('reached', 'ended'))
-- headline:  both
-- unit:      ratio
-- of:        hand-offs
-- first:     accepted_in_time
-- direction: higher_is_better
-- reads:     Of 100 leads handed to sales, how many sales accepts within the agreed days.
-- needs:     handoffs.handed_at, handoffs.accepted_at, handoffs.rejected_at
-- links:     handoffs.lead
-- windows:   none
-- horizon:   none
-- also:      horizon_days, judge_on, measure
-- across:    The two channels often have other account executives with other habits: compare within one executive's leads.
-- caveat:    The agreed days are the setting sla.acceptance_days (5 unless set), counted as calendar days.
-- caveat:    Read it with follow-through: sales may accept everything to avoid an argument and then work nothing.
-- caveat:    The line accepted_of_decided is of hand-offs with an answer only; those still waiting are left out of it.
-- caveat:    From and to are days of the hand-off. The hand-offs name no sales rep, so the figure is not split by rep.
-- caveat:    Hand-offs of one account go together: the limits rest on the variance between accounts.
-- answers:   S0.35, S0.8
-- counter:   handoff_followthrough
with

-- Rejection competes with acceptance; a hand-off that still waits is censored, neither accepted nor refused.
at_promise as (

    select *
    from incidence_at('accepted', $scope, [setting('sla.acceptance_days')::integer])

),

decided as (

    select
        slice,
        channel,
        coalesce(sum(unit_count) filter (where ending = 'reached'), 0)::bigint as accepted_count,
        sum(unit_count)::bigint as decided_count
    from scope_journeys('accepted', $scope)
    where exit_age > entry_age and ending in ('reached', 'ended')
    group by slice, channel

),

gated as (

    select
        *,
        sample_status(decided_count) as status
    from decided

)

select
    slice,
    channel,
    events as numerator,
    unit_count as denominator,
    share as estimate,
    low,
    high,
    n_old_enough,
    status,
    age_days as horizon_days,
    judge_on,
    'accepted_in_time' as measure
from at_promise

union all

select
    slice,
    channel,
    accepted_count as numerator,
    decided_count as denominator,
    case when status <> 'too_few' then safe_ratio(accepted_count, decided_count) end as estimate,
    case when status <> 'too_few' then wilson_low(accepted_count, decided_count, z_of(95)) end as low,
    case when status <> 'too_few' then wilson_high(accepted_count, decided_count, z_of(95)) end as high,
    decided_count as n_old_enough,
    status,
    null as horizon_days,
    null as judge_on,
    'accepted_of_decided' as measure
from gated
