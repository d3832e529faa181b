-- Upper log(-log) limit of a share with its standard error (Kalbfleisch and Prentice); null where it does not exist.
create or replace macro loglog_high(share, se, z) as
case when share > 0 and share < 1 and se > 0 then share ** exp(z * se / (share * ln(share))) end;
