-- For every value of a category that is not written as most of its rows write it: the spelling that is shown in its place, one for all
-- extracts that share the vocabulary. Of equally frequent spellings the first in order is taken.
create or replace macro spellings_of() as table
with
counted as (
    select
        vocabulary,
        category_key(found) as key,
        found,
        sum(row_count) as row_count
    from category_values
    group by vocabulary, found
),
chosen as (
    select
        vocabulary,
        key,
        first(found order by row_count desc, found) as shown
    from counted
    group by vocabulary, key
    having count(*) > 1
)
select
    counted.vocabulary,
    counted.found,
    chosen.shown
from counted
inner join chosen using (vocabulary, key)
where counted.found <> chosen.shown;
