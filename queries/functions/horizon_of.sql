-- The age in days at which a channel is judged; leads that are neither inbound nor outbound take the longer one.
create or replace macro horizon_of(horizon, lead_channel) as
case lead_channel
    when 'inbound' then horizon['inbound']
    when 'outbound' then horizon['outbound']
    else greatest(horizon['inbound'], horizon['outbound'])
end;
