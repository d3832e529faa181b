-- title:     Hand-off follow-through
-- stage:     qualification
-- home:      qualification, headline
-- rows:      journey_units('sales_touch', $scope, every_channel(setting('sla.touch_days')))
-- headline:  both
-- unit:      ratio
-- of:        accepted hand-offs
-- direction: higher_is_better
-- reads:     Of 100 hand-offs that sales accepted, how many sales touches within the agreed days; the rest are ignored.
-- needs:     handoffs.accepted_at, handoffs.first_sales_touch_at
-- links:     handoffs.lead
-- windows:   none
-- horizon:   none
-- also:      ignored_share, ignored_low, ignored_high, horizon_days, judge_on
-- across:    Both channels may be compared: the promise is the same for both.
-- caveat:    The agreed days are the setting sla.touch_days (2 unless set), counted as calendar days from acceptance.
-- caveat:    A touch is what the extract calls one: an e-mail logged by a machine counts too unless it is left out there.
-- caveat:    A touch before the acceptance counts as touched on the day of acceptance.
-- caveat:    From and to are days of acceptance. Hand-offs of one account go together: the limits rest on the variance between accounts.
-- answers:   S0.35
-- counter:   sales_acceptance_rate
with

-- Nothing competes: a hand-off accepted too lately to judge is censored, not ignored.
at_promise as (

    select *
    from incidence_at('sales_touch', $scope, [setting('sla.touch_days')::integer])

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
    1 - share as ignored_share,
    1 - high as ignored_low,
    1 - low as ignored_high,
    age_days as horizon_days,
    judge_on
from at_promise
