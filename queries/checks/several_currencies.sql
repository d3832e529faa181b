-- title:    The deals are in several currencies, and no KPI adds up amounts of several
-- severity: warn
-- remedy:   Convert the amounts into one, or count one alone: currency = "EUR" under [policy] rejects deals in others.
-- lists:    an example
with

deals as (

    select
        file,
        line,
        coalesce(currency, '(blank)') as currency,
        count(distinct currency) over () as currency_count
    from staged_opportunities
    where fate = 'used' and coalesce(amount, acv) is not null

)

select
    'opportunities' as extract,
    min(file) as file,
    arg_min(line, (file, line)) as line,
    concat(currency, ': ', count(*), ' deals') as found
from deals
where currency_count > 1
group by currency
