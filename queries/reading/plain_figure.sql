-- plain_figure
-- A number as most exports write it: a whole one without decimals. A text that says just this is not kept beside its number.
create or replace macro plain_figure(figure) as
try_cast(figure as bigint)::varchar;
