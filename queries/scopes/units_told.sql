-- Units on one journey, one row each, as known on as_of and under the scope's assumption; nothing is chosen yet but the journey.
-- Those of the journeys that begin with the lead come from lead_events on any day, the others from the rows of that day:
-- where scope['reads'] is 'counts' only if by_unit is true, as unit_states has their cells. scope['reads'] = 'facts' reads rows alone.
-- account numbers an account that several units share, null where a unit is alone; is_crowd: is_crowd_of.
-- For one journey and scope only one of these has rows (leadquality/engine/kept.py puts it in the place of all).
create or replace macro units_told(wanted, scope, by_unit) as table
select * from units_of_leads(wanted, scope)
union all by name
select * from units_of_response(wanted, scope)
union all by name
select * from units_of_rows(wanted, scope, by_unit);
