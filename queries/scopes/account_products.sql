-- What accounts met by both channels add to the product of the influences on inbound and on outbound, up to each age: with both
-- influences as in clustered_incidence nine sums of products. shared_count: such accounts at risk in both by then. From pairs, and
-- from crowds, walked through. Scaled by the units of each curve.
create or replace macro account_products(wanted, scope) as table
with
moves as (
    select * replace (is_outbound::integer as is_outbound)
    from account_moves(wanted, scope)
    where is_compared
),
running as (
    select
        slice_number,
        age_days,
        (1 - is_outbound) * base as inbound_base,
        (1 - is_outbound) * slope as inbound_slope,
        (1 - is_outbound) * open_count as inbound_open,
        is_outbound * base as outbound_base,
        is_outbound * slope as outbound_slope,
        is_outbound * open_count as outbound_open,
        sum((1 - is_outbound) * base) over to_here as inbound_base_after,
        sum((1 - is_outbound) * slope) over to_here as inbound_slope_after,
        sum((1 - is_outbound) * unit_count) over whole + sum((1 - is_outbound) * open_count) over to_here as inbound_open_after,
        sum(is_outbound * base) over to_here as outbound_base_after,
        sum(is_outbound * slope) over to_here as outbound_slope_after,
        sum(is_outbound * unit_count) over whole + sum(is_outbound * open_count) over to_here as outbound_open_after,
        sum((1 - is_outbound) * unit_count) over whole as inbound_first,
        sum(is_outbound * unit_count) over whole as outbound_first,
        sum((1 - is_outbound) * late_count) over to_here as inbound_late,
        sum(is_outbound * late_count) over to_here as outbound_late,
        (1 - is_outbound) * late_count as inbound_entered,
        is_outbound * late_count as outbound_entered,
        row_number() over to_here as place,
        min(is_outbound) over whole <> max(is_outbound) over whole as is_shared
    from moves
    window
        to_here as (
            partition by slice_number, account
            order by turn, is_outbound, entry_age rows between unbounded preceding and current row
        ),
        whole as (partition by slice_number, account)
),
-- One side alone changes in a row: the product changes by that change times the other side.
walked as (
    select
        slice_number,
        age_days,
        sum(fixed(inbound_base * outbound_base_after + inbound_base_after * outbound_base)) as base_base,
        sum(fixed(inbound_base * outbound_slope_after + inbound_base_after * outbound_slope)) as base_slope,
        sum(fixed(inbound_slope * outbound_base_after + inbound_slope_after * outbound_base)) as slope_base,
        sum(fixed(inbound_slope * outbound_slope_after + inbound_slope_after * outbound_slope)) as slope_slope,
        sum(fixed(inbound_base * outbound_open_after + inbound_base_after * outbound_open)) as base_open,
        sum(fixed(inbound_open * outbound_base_after + inbound_open_after * outbound_base)) as open_base,
        sum(fixed(inbound_slope * outbound_open_after + inbound_slope_after * outbound_open)) as slope_open,
        sum(fixed(inbound_open * outbound_slope_after + inbound_open_after * outbound_slope)) as open_slope,
        sum(inbound_open * outbound_open_after + inbound_open_after * outbound_open)::hugeint as open_open,
        count(*) filter (
            where
            inbound_first + inbound_late > 0
            and outbound_first + outbound_late > 0
            and (inbound_first + inbound_late - inbound_entered = 0 or outbound_first + outbound_late - outbound_entered = 0)
        ) as shared_count
    from running
    where is_shared
    group by slice_number, age_days
    union all
    select
        slice_number,
        0 as age_days,
        0 as base_base,
        0 as base_slope,
        0 as slope_base,
        0 as slope_slope,
        0 as base_open,
        0 as open_base,
        0 as slope_open,
        0 as open_slope,
        sum(inbound_first * outbound_first)::hugeint as open_open,
        count(*) filter (where inbound_first > 0 and outbound_first > 0) as shared_count
    from running
    where is_shared and place = 1
    group by slice_number
),
changes as (
    select
        slices.slice,
        walked.* exclude (slice_number)
    from walked
    inner join (select distinct slice, slice_number from incidence_steps(wanted, scope)) as slices using (slice_number)
    union all by name
    select * exclude (channel, other_channel, mate_count)
    from account_pairs(wanted, scope)
    where channel <> other_channel
),
by_age as (
    select
        slice,
        age_days,
        sum(base_base) as base_base,
        sum(base_slope) as base_slope,
        sum(slope_base) as slope_base,
        sum(slope_slope) as slope_slope,
        sum(base_open) as base_open,
        sum(open_base) as open_base,
        sum(slope_open) as slope_open,
        sum(open_slope) as open_slope,
        sum(open_open) as open_open,
        sum(shared_count) as shared_count
    from changes
    group by slice, age_days
)
select
    slice,
    age_days,
    unfixed(sum(base_base) over to_here) as base_base,
    unfixed(sum(base_slope) over to_here) as base_slope,
    unfixed(sum(slope_base) over to_here) as slope_base,
    unfixed(sum(slope_slope) over to_here) as slope_slope,
    unfixed(sum(base_open) over to_here) as base_open,
    unfixed(sum(open_base) over to_here) as open_base,
    unfixed(sum(slope_open) over to_here) as slope_open,
    unfixed(sum(open_slope) over to_here) as open_slope,
    (sum(open_open) over to_here)::double as open_open,
    (sum(shared_count) over to_here)::bigint as shared_count
from by_age
window to_here as (partition by slice order by age_days);
