-- The chosen leads on their way to one milestone, as additive cells: entry_age, exit_age, ending, lead_count.
-- From the counts of the snapshot where whole weeks are asked for, else from the rows: the same figures either way.
create or replace macro scope_milestones(wanted, scope) as table
with
cells as (
    select cohort_week as created_on, channel, source, segment, region, entry_age, exit_age, ending, lead_count
    from snapshot.milestone_counts
    where scope['reads'] = 'counts' and milestone = wanted
    union all
    select created_on, channel, source, segment, region, entry_age, exit_age, ending, 1 as lead_count
    from milestones_as_of(scope['as_of']::date)
    where scope['reads'] = 'facts' and milestone = wanted
)
select
    slice_of(scope, source, segment, region) as slice,
    channel,
    entry_age,
    exit_age,
    ending,
    sum(lead_count)::bigint as lead_count
from cells
where
    created_on >= coalesce(scope['from_on']::date, created_on)
    and created_on <= coalesce(scope['to_on']::date, created_on)
    and in_scope(scope, channel, source, segment, region)
group by all;
