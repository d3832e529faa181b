-- Did a lead begin in the time that the extracts of a KPI cover, so that its whole history is known? For units that begin
-- later than their lead.
create or replace macro is_watched(scope, began_on) as
began_on >= coalesce(scope['covered_from']::date, began_on);
