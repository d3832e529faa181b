-- Which journeys journey_rows holds for which day and assumption (a journey without any unit is kept too).
create table if not exists journey_kept (known_on date, assuming varchar, journey varchar);
