-- Outbound minus inbound in the share that reached by each of `ages`, with a standard error that counts an account met by both
-- channels once: its influence on inbound is taken from that on outbound before the square. correlation is that of the two
-- shares through such accounts, 0 where there are none; MOVER takes it.
create or replace macro oracle_clustered_difference(wanted, scope, ages) as table
with
curve as (
    select *
    from oracle_clustered_incidence(wanted, scope)
    where channel in ('inbound', 'outbound')
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
met_by_both as (
    select slice, account_id
    from oracle_scope_accounts(wanted, scope)
    where channel in ('inbound', 'outbound')
    group by slice, account_id
    having count(distinct channel) = 2
),
-- A state stands until the next one of its account.
states as (
    select
        slice,
        channel,
        account_id,
        age_days as from_age,
        lead(age_days) over (partition by slice, channel, account_id order by step_count) as until_age,
        base,
        slope,
        open_count
    from oracle_account_states(wanted, scope)
    inner join met_by_both using (slice, account_id)
    where channel in ('inbound', 'outbound')
),
influences as (
    select
        slice,
        read_off.age_days,
        channel,
        states.account_id,
        states.base + states.slope * read_off.share + states.open_count * read_off.open_influence as influence
    from (
        select
            *,
            unnest(list_filter(
                list_distinct(ages), lambda age: age >= from_age and age < coalesce(until_age, age + 1)
            ))::integer as age_days
        from states
    ) as states
    inner join read_off using (slice, channel, age_days)
),
products as (
    select
        slice,
        age_days,
        sum(inbound.influence * outbound.influence order by account_id) as product,
        count(*) as shared_count
    from (select * from influences where channel = 'inbound') as inbound
    inner join (select * from influences where channel = 'outbound') as outbound using (slice, age_days, account_id)
    group by slice, age_days
),
pairs as (
    select
        slice,
        age_days,
        inbound.share as inbound_share,
        outbound.share as outbound_share,
        inbound.influence_squares as inbound_squares,
        outbound.influence_squares as outbound_squares,
        coalesce(products.product, 0) as product,
        inbound.cluster_count + outbound.cluster_count - coalesce(products.shared_count, 0) as cluster_count,
        inbound.unit_count + outbound.unit_count as unit_count
    from (select * from read_off where channel = 'inbound') as inbound
    inner join (select * from read_off where channel = 'outbound') as outbound using (slice, age_days)
    left join products using (slice, age_days)
)
select
    slice,
    age_days,
    outbound_share - inbound_share as difference,
    sqrt(
        greatest(0, inbound_squares + outbound_squares - 2 * product) * cluster_count / nullif(cluster_count - 1, 0)
    ) as clustered_se,
    coalesce(product / nullif(sqrt(inbound_squares * outbound_squares), 0), 0) as correlation,
    cluster_count::bigint as cluster_count,
    unit_count::bigint as unit_count
from pairs;
