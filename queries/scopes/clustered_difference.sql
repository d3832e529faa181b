-- Outbound minus inbound in the share that reached by each of `ages`, with a standard error that counts an account met by both
-- channels once: its influence on inbound is taken from that on outbound before the square. correlation is that of the two
-- shares through such accounts, 0 where there are none; MOVER takes it.
create or replace macro clustered_difference(wanted, scope, ages) as table
with
curve as (
    select
        clustered.*,
        steps.scale,
        steps.scale * steps.open_influence as scaled_influence
    from clustered_incidence(wanted, scope) as clustered
    inner join incidence_steps(wanted, scope) as steps using (slice, channel, age_days)
    where clustered.channel in ('inbound', 'outbound')
),
asked as (
    select slice, channel, wanted_age.age_days
    from (select distinct slice, channel from curve) as curves
    cross join (select unnest(list_distinct(ages))::integer as age_days) as wanted_age
),
read_off as (
    select asked.slice, asked.channel, asked.age_days, curve.* exclude (slice, channel, age_days)
    from asked
    asof inner join curve
        on asked.slice = curve.slice and asked.channel = curve.channel and asked.age_days >= curve.age_days
),
compared as (
    select
        slice,
        age_days,
        inbound.share as inbound_share,
        outbound.share as outbound_share,
        inbound.scaled_influence as inbound_open,
        outbound.scaled_influence as outbound_open,
        inbound.scale * outbound.scale as scale,
        inbound.influence_squares as inbound_squares,
        outbound.influence_squares as outbound_squares,
        inbound.cluster_count + outbound.cluster_count as cluster_count,
        inbound.unit_count + outbound.unit_count as unit_count
    from (select * from read_off where channel = 'inbound') as inbound
    inner join (select * from read_off where channel = 'outbound') as outbound using (slice, age_days)
),
pairs as (
    select
        compared.*,
        coalesce(
            (
                sums.base_base + outbound_share * sums.base_slope + inbound_share * sums.slope_base
                + inbound_share * outbound_share * sums.slope_slope
                + outbound_open * (sums.base_open + inbound_share * sums.slope_open)
                + inbound_open * (sums.open_base + outbound_share * sums.open_slope)
                + inbound_open * outbound_open * sums.open_open
            ) / scale,
            0
        ) as product,
        compared.cluster_count - coalesce(sums.shared_count, 0) as account_count
    from compared
    asof left join account_products(wanted, scope) as sums
        on compared.slice = sums.slice and compared.age_days >= sums.age_days
)
select
    slice,
    age_days,
    outbound_share - inbound_share as difference,
    sqrt(
        greatest(0, inbound_squares + outbound_squares - 2 * product) * account_count / nullif(account_count - 1, 0)
    ) as clustered_se,
    coalesce(product / nullif(sqrt(inbound_squares * outbound_squares), 0), 0) as correlation,
    account_count::bigint as cluster_count,
    unit_count::bigint as unit_count
from pairs;
