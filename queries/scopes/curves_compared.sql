-- What a test of whole curves compares, and on how much: the channels of the scope, or, where it is sliced, the slices of each channel.
-- One row for each such family: the groups with 30 units and more that were at risk, those with fewer (left_out; nobody's slice,
-- '(blank)', is neither), units and arrivals of the groups, is_enough (two groups and ten arrivals at least), and whether units
-- enter late or share an account, which the tests cannot know or do not know of.
create or replace macro curves_compared(wanted, scope) as table
with
cells as (
    select
        case when scope['slice_by'] is null then 'channels' else channel end as family,
        case when scope['slice_by'] is null then channel else slice end as compared,
        entry_age,
        ending,
        unit_count
    from scope_journeys(wanted, scope)
    where exit_age > entry_age and channel in ('inbound', 'outbound') and slice <> or_blank(null)
),
sizes as (
    select
        family,
        compared,
        sum(unit_count) as unit_count,
        coalesce(sum(unit_count) filter (where ending = 'reached'), 0) as event_count,
        max(entry_age) >= 0 as has_late_entries,
        sum(unit_count) >= 30 as is_large
    from cells
    group by family, compared
),
shared as (
    select
        case when scope['slice_by'] is null then 'channels' else channel end as family,
        account_id
    from scope_accounts(wanted, scope)
    where exit_age > entry_age and channel in ('inbound', 'outbound') and slice <> or_blank(null)
    group by all
    having sum(unit_count) > 1
),
families as (
    select
        family,
        coalesce(list(compared order by compared) filter (where is_large), []) as compared,
        coalesce(list(compared order by compared) filter (where not is_large), []) as left_out,
        coalesce(sum(unit_count) filter (where is_large), 0)::bigint as unit_count,
        coalesce(sum(event_count) filter (where is_large), 0)::bigint as event_count,
        coalesce(bool_or(has_late_entries) filter (where is_large), false) as has_late_entries
    from sizes
    group by family
)
select
    *,
    len(compared) >= 2 and event_count >= minimum('events') as is_enough,
    family in (select family from shared) as has_shared_accounts
from families;
