-- The half-year of creation, '2026-H1', for cohorts that hold whole weeks: a week belongs to the half-year in which it ends.
create or replace macro half_year_of(created_on) as
concat(
    year(date_trunc('week', created_on)::date + 6),
    case when month(date_trunc('week', created_on)::date + 6) <= 6 then '-H1' else '-H2' end
);
