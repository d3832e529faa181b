-- The share that reached by an age with a standard error that knows that leads of one account go together: squares of the
-- influences added up by account, times G/(G - 1) for G accounts. The row `difference` is outbound minus inbound, every
-- account's influences on both in one sum, so that accounts met by both channels count once. plain_se takes every unit for
-- itself. Below 30 accounts the standard error is not to be relied on (bootstrap instead).
create or replace macro clustered_incidence(wanted, scope, age) as table
with
influences as (
    select slice, channel, cluster_id, unit_id, share, influence
    from incidence_influence(wanted, scope, age)
),
shares as (
    select
        slice,
        channel,
        any_value(share) as share
    from influences
    group by slice, channel
),
estimates as (
    select *
    from shares
    union all
    select
        slice,
        'difference' as channel,
        outbound.share - inbound.share as share
    from shares as inbound
    inner join shares as outbound using (slice)
    where inbound.channel = 'inbound' and outbound.channel = 'outbound'
),
signed as (
    select slice, channel, cluster_id, unit_id, influence
    from influences
    union all
    select
        slice,
        'difference' as channel,
        cluster_id,
        unit_id,
        case channel when 'outbound' then influence else -influence end as influence
    from influences
    where channel in ('inbound', 'outbound')
),
accounts as (
    select
        slice,
        channel,
        cluster_id,
        sum(influence order by unit_id) as influence,
        sum(influence ** 2 order by unit_id) as squares,
        count(*) as unit_count
    from signed
    group by slice, channel, cluster_id
),
errors as (
    select
        slice,
        channel,
        sqrt(sum(influence ** 2 order by cluster_id) * count(*) / nullif(count(*) - 1, 0)) as clustered_se,
        sqrt(sum(squares order by cluster_id)) as plain_se,
        count(*) as cluster_count,
        sum(unit_count)::bigint as unit_count
    from accounts
    group by slice, channel
)
select
    slice,
    channel,
    age::integer as age_days,
    share,
    clustered_se,
    plain_se,
    cluster_count,
    unit_count
from estimates
inner join errors using (slice, channel);
