-- From marketing-qualified to sales-qualified; competing: rejected, disqualified, recycled. A lead that skipped MQL counts as
-- marketing-qualified at the same instant (kpis.json, mql_to_sql_rate).
create or replace macro journey_sql_from_mql(known_on) as table
select
    lead_id as unit_id,
    lead_id,
    account_id,
    channel,
    source,
    segment,
    region,
    (coalesce(mql_on, qualified_on))::timestamp as started_at,
    1 as ages_per_day,
    -1 as entry_age,
    (qualified_on)::timestamp as reached_at,
    (least(rejected_on, lost_on, recycled_on))::timestamp as ended_at,
    null::decimal(18, 2) as amount
from leads_as_of(known_on)
where coalesce(mql_on, qualified_on) is not null;
