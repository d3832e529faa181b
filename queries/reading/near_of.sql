-- Values of a category that may be a mistyped form of a more frequent one: suggested, never folded. Of each vocabulary the most
-- frequent values are compared.
create or replace macro near_of(most) as table
with
counted as (
    select
        category_values.vocabulary,
        coalesce(spellings.shown, category_values.found) as spelling,
        sum(category_values.row_count) as row_count
    from category_values
    left join spellings using (vocabulary, found)
    group by all
),
frequent as (
    select *
    from counted
    qualify row_number() over (partition by vocabulary order by row_count desc, spelling) <= most
)
select
    one.vocabulary,
    one.spelling as found,
    first(other.spelling order by other.row_count desc, other.spelling) as near,
    first(other.row_count order by other.row_count desc, other.spelling) as near_count
from frequent as one
inner join frequent as other
    on
        one.vocabulary = other.vocabulary
        and (other.row_count, one.spelling) > (one.row_count, other.spelling)
        and case
            when one.vocabulary = 'rep' then is_near_name(one.spelling, other.spelling)
            else is_near_spelling(one.spelling, other.spelling)
        end
group by one.vocabulary, one.spelling;
