-- Do the curves of inbound and outbound cross (statistics.md, 8)? For each slice, over the ages at which both channels are
-- shown: is_crossing is true where outbound minus inbound lies on both sides of 0 by more than one standard error; then a
-- test of the whole curves (log-rank, Gray) says nothing and is left out. crossover_age is the first of the ages from which
-- on the difference keeps its last sign, null where it never changes; last_age is the last age compared.
create or replace macro incidence_crossing(wanted, scope, ages) as table
with
shown as (
    select *
    from incidence_at(wanted, scope, ages)
    where share is not null
),
gaps as (
    select
        slice,
        age_days,
        case when abs(outbound.share - inbound.share) < 1e-12 then 0 else sign(outbound.share - inbound.share) end as gap_sign,
        (outbound.share - inbound.share) / nullif(sqrt(inbound.share_se ** 2 + outbound.share_se ** 2), 0) as z
    from (select * from shown where channel = 'inbound') as inbound
    inner join (select * from shown where channel = 'outbound') as outbound using (slice, age_days)
),
signed as (
    select
        *,
        gap_sign = last_value(gap_sign) over all_ages as has_last_sign
    from gaps
    window all_ages as (partition by slice order by age_days rows between unbounded preceding and unbounded following)
),
turns as (
    select
        slice,
        coalesce(max(z) > 1 and min(z) < -1, false) as is_crossing,
        max(age_days) filter (where not has_last_sign) as last_other_age,
        max(age_days) as last_age
    from signed
    group by slice
)
select
    turns.slice,
    turns.is_crossing,
    min(signed.age_days) as crossover_age,
    turns.last_age
from turns
left join signed on turns.slice = signed.slice and turns.last_other_age < signed.age_days
group by all;
