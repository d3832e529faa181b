-- title:    Some leads say "unknown", others say nothing
-- severity: warn
-- lists:    an example
-- shown:    whole
-- remedy:   They are two groups: somebody chose the one, nobody the other (blank). Use one of the two in the source system.
with

cells as (

    select
        file,
        line,
        unnest([
            {'field': 'source', 'content': source},
            {'field': 'segment', 'content': segment},
            {'field': 'region', 'content': region},
        ]) as cell
    from staged_leads
    where fate = 'used'

),

counted as (

    select
        cell['field'] as field,
        arg_min(file, (file, line)) filter (where is_unknown(cell['content'])) as file,
        arg_min(line, (file, line)) filter (where is_unknown(cell['content'])) as line,
        arg_min(cell['content'], (file, line)) filter (where is_unknown(cell['content'])) as word,
        count(*) filter (where is_unknown(cell['content'])) as unknown_count,
        count(*) filter (where cell['content'] is null) as blank_count
    from cells
    group by cell['field']

)

select
    'leads' as extract,
    file,
    line,
    concat(field, ': ', unknown_count, ' say "', word, '", ', blank_count, ' are blank') as found
from counted
where unknown_count > 0 and blank_count > 0
