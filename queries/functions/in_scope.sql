-- Does a lead pass the reader's filters? An empty list means no filter.
create or replace macro in_scope(scope, lead_channel, lead_source, lead_segment, lead_region) as
(len(scope['channels']) = 0 or list_contains(scope['channels'], lead_channel))
and (len(scope['sources']) = 0 or list_contains(scope['sources'], lead_source))
and (len(scope['segments']) = 0 or list_contains(scope['segments'], lead_segment))
and (len(scope['regions']) = 0 or list_contains(scope['regions'], lead_region));
