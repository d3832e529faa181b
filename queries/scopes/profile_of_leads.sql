-- The ideal customer profile of the settings held against the leads: one row per lead and column of the profile (part), is_met
-- true or false, null where the lead's column is empty or says unknown. A column whose list is empty is no part of the profile; without any
-- list there is no row.
create or replace macro profile_of_leads() as table
with
parts as (
    select
        lead_id,
        unnest([
            {'part': 'segment', 'wanted': setting_list('ideal_customer.segment'), 'found': fold(nullif(segment, or_blank(null)))},
            {'part': 'industry', 'wanted': setting_list('ideal_customer.industry'), 'found': fold(industry)},
            {'part': 'employee_band', 'wanted': setting_list('ideal_customer.employee_band'), 'found': fold(employee_band)},
            {'part': 'country', 'wanted': setting_list('ideal_customer.country'), 'found': fold(country)},
            {'part': 'seniority', 'wanted': setting_list('ideal_customer.seniority'), 'found': fold(seniority)},
            {'part': 'budget_band', 'wanted': setting_list('ideal_customer.budget_band'), 'found': fold(budget_band)}
        ]) as held
    from snapshot.fact_leads
)
select
    lead_id,
    held['part'] as part,
    case when held['found'] is not null and not is_unknown(held['found']) then list_contains(held['wanted'], held['found']) end as is_met
from parts
where len(held['wanted']) > 0;
