-- The least that a denominator must hold for a KPI to be shown, by what it counts. Leads have a gate of their own
-- (maturity_status), as have the items of a proportion (sample_status). A median shows its own uncertainty (order
-- statistics), so ten of anything are enough.
create or replace macro minimum(counted) as
case counted
    when 'calls' then 30
    when 'events' then 10
    when 'deals' then 10
    when 'hours' then 40
    when 'accounts of a clustered variance' then 8
end;
