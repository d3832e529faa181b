-- Why the channels differ by an age, over the slices of the scope as strata (slice_by names them): outbound minus inbound
-- split into what they differ like for like (`rate`) and what the mix of leads makes of it (`mix`). One row per stratum, one
-- for all strata together (part 'total'), whose shares are the crude ones, and one for each stratum that has no overlap:
-- fewer than 10 leads old enough in a channel; it is left out of the total, not extrapolated. Weights are the leads with a
-- day behind them, so that leads arriving today change nothing. Choose strata fixed before contact, never a later stage.
-- A description, not the effect of anything.
create or replace macro kitagawa_of(wanted, scope, age) as table
with
followed as (
    select
        slice,
        channel,
        max(n_old_enough) as followed_count,
        min(n_old_enough) as n_old_enough
    from scope_potential(wanted, scope, [1, age])
    where channel in ('inbound', 'outbound')
    group by slice, channel
),
-- Before the gate of incidence_at: here it is that of the overlap. Leads of one account go together within a stratum.
-- A share stands on as many leads as a plain share with its variance would (statistics.md, 11), one without events on those
-- old enough: what one event more would add to it.
at_age as (
    select
        slice,
        channel,
        reached_share as share,
        reached_se ** 2 as variance,
        coalesce(reached_share * (1 - reached_share) / nullif(reached_se ** 2, 0), worth) as units
    from incidence_placed(wanted, scope, [age])
),
sides as (
    select
        *,
        n_old_enough >= 10 and share is not null as is_enough
    from followed
    left join at_age using (slice, channel)
),
strata as (
    select
        slice,
        coalesce(inbound.followed_count, 0) as inbound_count,
        coalesce(outbound.followed_count, 0) as outbound_count,
        coalesce(inbound.n_old_enough, 0) as inbound_old_enough,
        coalesce(outbound.n_old_enough, 0) as outbound_old_enough,
        inbound.share as inbound_share,
        outbound.share as outbound_share,
        inbound.variance as inbound_variance,
        outbound.variance as outbound_variance,
        inbound.units as inbound_units,
        outbound.units as outbound_units,
        coalesce(inbound.is_enough and outbound.is_enough, false) as has_overlap
    from (select * from sides where channel = 'inbound') as inbound
    full join (select * from sides where channel = 'outbound') as outbound using (slice)
),
totals as (
    select
        kitagawa_split(list({
            'stratum': slice,
            'first_share': inbound_share,
            'first_variance': inbound_variance,
            'first_units': inbound_units,
            'first_count': inbound_count,
            'second_share': outbound_share,
            'second_variance': outbound_variance,
            'second_units': outbound_units,
            'second_count': outbound_count
        } order by slice) filter (where has_overlap)) as split,
        sum(inbound_count) filter (where has_overlap) as inbound_count,
        sum(outbound_count) filter (where has_overlap) as outbound_count,
        sum(inbound_count) as inbound_total,
        sum(outbound_count) as outbound_total,
        sum(inbound_old_enough) filter (where has_overlap) as inbound_old_enough,
        sum(outbound_old_enough) filter (where has_overlap) as outbound_old_enough,
        sum(inbound_count) filter (where has_overlap) / nullif(sum(inbound_count), 0)::double as inbound_overlap,
        sum(outbound_count) filter (where has_overlap) / nullif(sum(outbound_count), 0)::double as outbound_overlap
    from strata
    having count(*) > 0
),
terms as (
    select unnest(split['terms'], recursive := true)
    from totals
)
select
    case when strata.has_overlap then 'stratum' else 'no overlap' end as part,
    strata.slice,
    strata.inbound_count,
    strata.outbound_count,
    strata.inbound_old_enough,
    strata.outbound_old_enough,
    case when strata.has_overlap then strata.inbound_share end as inbound_share,
    case when strata.has_overlap then strata.outbound_share end as outbound_share,
    case when strata.has_overlap then strata.outbound_share - strata.inbound_share end as difference,
    terms.difference_low,
    terms.difference_high,
    terms.rate,
    terms.rate_low,
    terms.rate_high,
    terms.mix,
    terms.mix_low,
    terms.mix_high,
    null::double as inbound_standardised,
    null::double as inbound_standardised_low,
    null::double as inbound_standardised_high,
    null::double as outbound_standardised,
    null::double as outbound_standardised_low,
    null::double as outbound_standardised_high,
    null::boolean as is_reversed,
    null::bigint as inbound_total,
    null::bigint as outbound_total,
    null::double as inbound_overlap,
    null::double as outbound_overlap
from strata
left join terms on strata.slice = terms.stratum and strata.has_overlap
union all
select
    'total' as part,
    'all' as slice,
    coalesce(inbound_count, 0)::bigint as inbound_count,
    coalesce(outbound_count, 0)::bigint as outbound_count,
    coalesce(inbound_old_enough, 0)::bigint as inbound_old_enough,
    coalesce(outbound_old_enough, 0)::bigint as outbound_old_enough,
    split['first_crude'] as inbound_share,
    split['second_crude'] as outbound_share,
    split['difference'] as difference,
    split['difference_low'] as difference_low,
    split['difference_high'] as difference_high,
    split['rate'] as rate,
    split['rate_low'] as rate_low,
    split['rate_high'] as rate_high,
    split['mix'] as mix,
    split['mix_low'] as mix_low,
    split['mix_high'] as mix_high,
    split['first_standardised'] as inbound_standardised,
    split['first_standardised_low'] as inbound_standardised_low,
    split['first_standardised_high'] as inbound_standardised_high,
    split['second_standardised'] as outbound_standardised,
    split['second_standardised_low'] as outbound_standardised_low,
    split['second_standardised_high'] as outbound_standardised_high,
    split['is_reversed'] as is_reversed,
    inbound_total::bigint as inbound_total,
    outbound_total::bigint as outbound_total,
    coalesce(inbound_overlap, 0) as inbound_overlap,
    coalesce(outbound_overlap, 0) as outbound_overlap
from totals;
