-- One age for all channels, in the shape of $horizon.
create or replace macro every_channel(age) as {'inbound': age, 'outbound': age};
