-- title:  How many lost rows would match if their keys were written another way
-- grain:  one row per extract, partner and way; affix: the prefix or suffix that one side lacks
-- A way counts where exactly one partner fits. A common prefix or suffix is looked for in a sample of the lost keys, then
-- counted over all of them.
with

lost as (

    select
        extract,
        partner,
        given_key,
        count(*) as row_count
    from keyed_rows
    where is_keyed and not is_matched and kind <> 'person' and given_key is not null
    group by all

),

lost_forms as (

    select
        extract,
        partner,
        given_key,
        row_count,
        unnest(key_forms(given_key)) as way
    from lost

),

partner_forms as (

    select
        partner,
        way
    from (select partner, partner_key, unnest(key_forms(partner_key)) as way from partner_keys)
    where way['form'] is not null and partner in (select partner from lost)
    group by partner, way
    having count(distinct partner_key) = 1

),

by_form as (

    select
        lost_forms.extract,
        lost_forms.partner,
        lost_forms.way['mend'] as mend,
        null::varchar as affix,
        sum(lost_forms.row_count)::bigint as mendable_count
    from lost_forms
    inner join partner_forms using (partner, way)
    group by all

),

sampled as (

    select
        extract,
        partner,
        given_key,
        length(given_key) as size
    from lost
    where length(given_key) >= 3
    qualify row_number() over (partition by extract, partner order by given_key) <= 500

),

-- Ends of the partners' keys as long as a lost key, and of lost keys as long as a partner's: what is left over is the
-- affix.
partner_ends as (

    select
        keys.partner,
        sizes.size,
        unnest([
            {'mend': 'prefix missing', 'end': right(keys.partner_key, sizes.size), 'affix': left(keys.partner_key, -sizes.size)},
            {'mend': 'suffix missing', 'end': left(keys.partner_key, sizes.size), 'affix': right(keys.partner_key, -sizes.size)},
        ]) as cut
    from partner_keys as keys
    inner join (select distinct partner, size from sampled) as sizes using (partner)
    where length(keys.partner_key) > sizes.size

),

lost_ends as (

    select
        sampled.extract,
        sampled.partner,
        unnest([
            {'mend': 'prefix added', 'end': right(sampled.given_key, sizes.size), 'affix': left(sampled.given_key, -sizes.size)},
            {'mend': 'suffix added', 'end': left(sampled.given_key, sizes.size), 'affix': right(sampled.given_key, -sizes.size)},
        ]) as cut
    from sampled
    inner join (select distinct partner, length(partner_key) as size from partner_keys) as sizes using (partner)
    where sampled.size > sizes.size and sizes.size >= 3

),

affixes as (

    select
        extract,
        partner,
        mend,
        affix
    from (
        select sampled.extract, sampled.partner, cut['mend'] as mend, cut['affix'] as affix, count(*) as key_count
        from sampled
        inner join partner_ends on sampled.partner = partner_ends.partner and sampled.given_key = partner_ends.cut['end']
        group by all
        union all
        select lost_ends.extract, lost_ends.partner, cut['mend'], cut['affix'], count(*)
        from lost_ends
        inner join partner_keys as keys on lost_ends.partner = keys.partner and lost_ends.cut['end'] = keys.partner_key
        group by all
    )
    qualify row_number() over (partition by extract, partner, mend order by key_count desc, affix asc) = 1

),

by_affix as (

    select
        lost.extract,
        lost.partner,
        affixes.mend,
        affixes.affix,
        sum(lost.row_count)::bigint as mendable_count
    from lost
    inner join affixes using (extract, partner)
    inner join partner_keys as keys
        on
            lost.partner = keys.partner
            and keys.partner_key = case affixes.mend
                when 'prefix missing' then affixes.affix || lost.given_key
                when 'suffix missing' then lost.given_key || affixes.affix
                when
                    'prefix added'
                    then case when starts_with(lost.given_key, affixes.affix) then lost.given_key[1 + length(affixes.affix):] end
                when
                    'suffix added'
                    then case when ends_with(lost.given_key, affixes.affix) then left(lost.given_key, -length(affixes.affix)) end
            end
    group by all

)

select *
from by_form
union all
select *
from by_affix
