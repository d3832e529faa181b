-- Units on any journey, from the rows of that journey, day and assumption (journey_rows, filled by leadquality/engine/kept.py): where
-- no table of the snapshot tells them, or by_unit is true and the snapshot keeps cells alone.
create or replace macro units_of_rows(wanted, scope, by_unit) as table
select
    unit_id,
    lead_id,
    account_id as unit_account_id,
    channel,
    source,
    segment,
    region,
    started_on,
    ages_per_day,
    shared.account,
    coalesce(shared.is_crowd, false) as is_crowd,
    entry_age,
    exit_age,
    ending,
    is_timed,
    amount
from journey_rows
left join (
    select
        account_id,
        row_number() over (order by account_id)::integer as account,
        is_crowd_of(count(*), max(entry_age)) as is_crowd
    from journey_rows
    where is_wanted(wanted, journey, true) and known_on = scope['as_of']::date and assuming is not distinct from scope['assuming']::varchar
    group by account_id
    having count(*) > 1 and account_id is not null
) as shared using (account_id)
where
    (scope['reads'] = 'facts' or (not is_of_leads(wanted) and (scope['reads'] = 'events' or by_unit)))
    and is_wanted(wanted, journey, is_timed)
    and known_on = scope['as_of']::date
    and assuming is not distinct from scope['assuming']::varchar;
