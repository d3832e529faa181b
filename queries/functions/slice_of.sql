-- The slice a lead falls into: the value of the dimension the reader chose, or one slice for all.
create or replace macro slice_of(scope, lead_source, lead_segment, lead_region) as
case scope['slice_by']
    when 'source' then lead_source
    when 'segment' then lead_segment
    when 'region' then lead_region
    else 'all'
end;
