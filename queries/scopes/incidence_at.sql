-- The curve of one milestone read at chosen ages, with how many leads are old enough for each, both limits at 95 and
-- 99 %, and what may be said (status). Every chosen lead is reached, ended or still open: the three shares add up to 1.
-- Leads of one account go together: where an account holds several, the limits know it (incidence_placed).
-- Shares are null while fewer than 30 leads are old enough: they are not shown, so they are not computed.
create or replace macro incidence_at(wanted, scope, ages) as table
with
gated as (
    select
        *,
        case
            -- The variance between a handful of accounts is no measure of anything: an account more may turn the share round.
            when n_old_enough >= 30 and few_degrees + 1 < minimum('accounts of a clustered variance') then 'too_few'
            else maturity_status(n_old_enough, unit_count)
        end as status,
        coalesce(t_of(95, few_degrees), z_of(95)) as z_95,
        coalesce(t_of(99, few_degrees), z_of(99)) as z_99,
        case
            when n_old_enough >= 30 and coalesce(few_degrees + 1 >= minimum('accounts of a clustered variance'), true) then reached_share
        end as shown_share
    from incidence_placed(wanted, scope, ages)
)
select
    slice,
    channel,
    age_days,
    events,
    unit_count,
    shown_share as share,
    case when shown_share is not null then ended_share end as ended_share,
    case when shown_share is not null then open_share end as open_share,
    case when shown_share is not null then reached_se end as share_se,
    case when shown_share is not null then open_se end as open_se,
    incidence_low(shown_share, reached_se, events, worth, z_95) as low,
    incidence_high(shown_share, reached_se, events, worth, z_95) as high,
    incidence_low(shown_share, reached_se, events, worth, z_99) as low_99,
    incidence_high(shown_share, reached_se, events, worth, z_99) as high_99,
    n_old_enough,
    account_count,
    status,
    judge_on
from gated;
