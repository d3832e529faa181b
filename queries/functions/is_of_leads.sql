-- Does this journey begin when the lead is created? Then lead_events tells it on any day (units_told).
create or replace macro is_of_leads(journey) as
regexp_replace(journey, '_time$', '') in (
    'conversation',
    'decision_maker',
    'qualified',
    'meeting',
    'opportunity',
    'won',
    'decided',
    'recycled',
    'sales_ready',
    'validated',
    'response'
);
