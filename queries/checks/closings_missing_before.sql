-- title:    No deal closes before this day, although deals that old were open: earlier closings are not in the file
-- severity: warn
-- lists:    an example
-- remedy:   Judge leads created from this day on (set "from"): of older ones only those that stayed open are known (left truncation).
with

first_closing as (

    select min(closed_on) as closed_on
    from snapshot.fact_opportunities
    where outcome in ('won', 'lost')

),

-- How fast deals created since then close: the open ones count as not closed, which makes the expectation below too small.
later_deals as (

    select
        case when opportunities.outcome in ('won', 'lost') then opportunities.closed_on - opportunities.created_on end as closing_age,
        count(*) / sum(count(*)) over () as deal_share
    from snapshot.fact_opportunities as opportunities
    inner join first_closing on opportunities.created_on >= first_closing.closed_on
    group by closing_age

),

earlier_deals as (

    select
        first_closing.closed_on - opportunities.created_on as age_then,
        count(*) as deal_count
    from snapshot.fact_opportunities as opportunities
    inner join first_closing on opportunities.created_on < first_closing.closed_on
    group by age_then

),

-- Closings to be expected before the first one that is there.
expected as (

    select sum(earlier_deals.deal_count * later_deals.deal_share) as closing_count
    from earlier_deals
    inner join later_deals on earlier_deals.age_then > later_deals.closing_age

)

-- Ten expected and none there: by chance in 1 of 20,000 files. The row that is named holds the first closing.
select
    'opportunities' as extract,
    staged.file,
    staged.line,
    first_closing.closed_on::varchar as found
from expected
inner join first_closing on expected.closing_count >= 10
inner join staged_opportunities as staged
    on staged.fate = 'used' and staged.outcome in ('won', 'lost') and first_closing.closed_on = staged.closed_at::date
qualify row_number() over (order by staged.file, staged.line) = 1
