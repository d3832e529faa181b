-- Which slices of a channel have curves that cross: at one of the ages the first lies above the second and at another below it, both
-- times by more than 1.96 standard errors. Of two curves that are looked at alone one standard error is enough
-- (incidence_crossing); among many pairs chance would cross some. A test of the whole curves is left out where any two cross.
create or replace macro slices_crossing(wanted, scope, ages) as table
with
shown as (
    select *
    from incidence_at(wanted, scope, ages)
    where share is not null and channel in ('inbound', 'outbound') and slice <> or_blank(null)
),
gaps as (
    select
        channel,
        one.slice as first_slice,
        other.slice as second_slice,
        (one.share - other.share) / nullif(sqrt(one.share_se ** 2 + other.share_se ** 2), 0) as z
    from shown as one
    inner join shown as other using (channel, age_days)
    where one.slice < other.slice
)
select
    channel,
    first_slice,
    second_slice
from gaps
group by channel, first_slice, second_slice
having max(z) > z_of(95) and min(z) < -z_of(95);
