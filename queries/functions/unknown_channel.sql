-- The channel of what hangs on no lead, such as the call of a stranger. Where all channels are taken as one it is that one
-- (leadquality/snapshot/reading.py).
create or replace macro unknown_channel() as 'unknown';
