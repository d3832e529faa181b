-- The core of a number (number_core) with its shape (number_shape) as plain figures with a decimal point, read with this decimal
-- mark; null when its marks say otherwise, or it is no number.
create or replace macro number_text(core, shape, decimal_mark) as
case
    when shape = 'whole' then core
    when shape = 'exponent' then try_cast(try_cast(replace(core, ',', '.') as double) as decimal(38, 6))::varchar
    when decimal_mark = ',' and shape in ('comma_decimal', 'comma_three', 'point_three') then replace(replace(core, '.', ''), ',', '.')
    when decimal_mark = '.' and shape in ('point_decimal', 'point_three', 'comma_three') then replace(core, ',', '')
end;
