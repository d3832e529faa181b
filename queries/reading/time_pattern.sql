-- The time of day at the end of a stamp: hour, minute, second, half of the day (AM, p.m.) and its offset from UTC, in this order
-- of groups. UTC, GMT and Z are offsets; EST, CET and IST each name several zones and are none.
create or replace macro time_pattern() as
'[Tt ,]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(?i:(z|utc|gmt|(?:utc|gmt)? ?[+-]\d{1,2}(?::?\d{2})?)))?$';
