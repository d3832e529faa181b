-- The age in days of an early meeting: that of early_stage_conversion, as the site has set it.
create or replace macro setting_early_age() as coalesce(setting('horizons.early_stage_conversion.inbound'), 30)::integer;
