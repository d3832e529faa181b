-- title:  Does each link hold: how many of the rows that name a partner find it, and what follows
-- grain:  one row per extract, partner and kind of key
-- state: not_keyed (no row names a partner) | untied (under a tenth of the calls belong to a lead: of the others nobody
-- knows) | whole | partial (under 95 %) | accepted (the site's minimum is 0) | broken: nothing matched, or the rate is
-- under the minimum in all and in each of the last six months with 20 such rows. A link by telephone number is judged where
-- more rows use it than ids; strangers are natural there, so it may rest on the file covering all calls (covers = "all").
-- is_rising: the last of these months match far better than all, as where the file of the partners begins later.
with

totals as (

    select
        extract,
        partner,
        kind,
        sum(unkeyed_count)::bigint as unkeyed_count,
        sum(matched_count)::bigint as matched_count,
        sum(lost_count)::bigint as lost_count
    from snapshot.evidence_link_months
    group by extract, partner, kind

),

months as (

    select
        extract,
        partner,
        kind,
        month_on,
        sum(matched_count) / sum(matched_count + lost_count) as match_rate
    from snapshot.evidence_link_months
    where month_on is not null
    group by extract, partner, kind, month_on
    having sum(matched_count + lost_count) >= 20
    qualify row_number() over (partition by extract, partner, kind order by month_on desc) <= 6

),

best_months as (

    select
        extract,
        partner,
        kind,
        max(match_rate) as best_rate,
        arg_max(match_rate, month_on) as last_rate
    from months
    group by extract, partner, kind

),

best_mends as (

    select
        extract,
        partner,
        arg_max(mend, (mendable_count, mend)) as mend,
        arg_max(affix, (mendable_count, mend)) as affix,
        max(mendable_count) as mendable_count
    from evidence_mends
    group by extract, partner

),

minimums as (

    select
        split_part(name, '.', 2) as extract,
        split_part(name, '.', 3) as partner,
        value::double as minimum
    from snapshot.settings
    where starts_with(name, 'links.') and ends_with(name, '.minimum')

),

rated as (

    select
        totals.*,
        minimums.minimum,
        sum(totals.matched_count) over of_link
        / nullif(sum(totals.unkeyed_count + totals.matched_count + totals.lost_count) over of_link, 0)
            as tied_share,
        safe_ratio(totals.matched_count, totals.matched_count + totals.lost_count) as match_rate,
        best_months.best_rate,
        best_months.last_rate,
        coalesce(best_mends.mendable_count, 0) as mendable_count,
        best_mends.mend,
        best_mends.affix,
        coalesce(windows.covers_all, false) as covers_all,
        coalesce(ids.matched_count + ids.lost_count, 0) as id_count
    from totals
    inner join minimums using (extract, partner)
    left join best_months using (extract, partner, kind)
    left join best_mends on totals.extract = best_mends.extract and totals.partner = best_mends.partner and totals.kind <> 'person'
    left join declared_windows as windows on totals.extract = windows.extract
    left join totals as ids on totals.extract = ids.extract and totals.partner = ids.partner and ids.kind = 'id'
    where totals.partner in (select partner from partner_keys)
    window of_link as (partition by totals.extract, totals.partner)

)

select
    extract,
    partner,
    kind,
    minimum,
    unkeyed_count,
    matched_count,
    lost_count,
    match_rate,
    mendable_count,
    case when mendable_count > 0 then mend_in_words(mend, left(affix, 20)) end as mend,
    coalesce(last_rate >= greatest(minimum, match_rate + .2), false) as is_rising,
    case
        when matched_count + lost_count = 0 then 'not_keyed'
        when kind = 'list' and match_rate >= minimum then 'whole'
        when minimum = 0 or (kind = 'person' and covers_all) then case when match_rate >= .95 then 'whole' else 'accepted' end
        when kind = 'person' and matched_count + lost_count <= id_count then case when match_rate >= .95 then 'whole' else 'partial' end
        when matched_count = 0 then 'broken'
        when match_rate < minimum and coalesce(best_rate < minimum, true) then 'broken'
        when extract = 'calls' and partner = 'lead' and not covers_all and tied_share < .1 then 'untied'
        when match_rate >= .95 then 'whole'
        else 'partial'
    end as state
from rated
order by all
