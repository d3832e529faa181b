-- title:     Agreement of double-scored calls
-- stage:     qualification
-- home:      qualification, detail
-- rows:      (select slice, channel, call_id, item as measure, array_to_string(given_codes, ', ') as given_codes, is_agreed as is_counted
--            from by_call)
-- headline:  none
-- unit:      index
-- of:        double-scored calls
-- first:     disposition
-- direction: higher_is_better
-- reads:     Whether two people would give a call the same code: 1 is full agreement, 0 no more than chance, 0.6 is acceptable.
-- needs:     call_scores.value, calls.started_at
-- links:     call_scores.call
-- windows:   none
-- horizon:   none
-- also:      measure, statistic, scorer_count, observed_agreement, observed_low, observed_high, pabak, commonest_share, weighted_kappa,
--            weighted_low, weighted_high
-- across:    A property of the people who score, not of a channel: read it by itself.
-- caveat:    One line per scored item. Codes: Cohen's kappa where two people score, Fleiss' where more do. Scores (numbers of three
--            or more levels): the intraclass correlation of single scores, with an approximate interval.
-- caveat:    Where nearly all calls have one code, kappa is low although people agree: read observed agreement and pabak beside it.
-- caveat:    It holds only where the second person does not see the first score; the data cannot tell.
-- caveat:    The extract has no day of scoring: the day of the call stands for it.
-- answers:   S0.4, S0.18, S0.31
with

-- The codes of an outcome are read by the settings, so that two spellings of one outcome agree.
codes as (

    select
        fold(value) as code,
        min(split_part(name, '.', 2)) as disposition
    from snapshot.settings
    where starts_with(name, 'dispositions.')
    group by fold(value)

),

read_values as (

    select
        calls.slice,
        calls.channel,
        scores.item,
        scores.call_id,
        scores.scorer_id,
        try_cast(scores.value as double) as number,
        coalesce(
            case when scores.item = 'disposition' then codes.disposition end,
            try_cast(scores.value as double)::varchar,
            fold(scores.value)
        ) as code
    from snapshot.fact_call_scores as scores
    inner join scope_calls($scope) as calls using (call_id)
    left join codes on fold(scores.value) = codes.code

),

-- Who gave one call two values for one item has given none.
scores as (

    select
        slice,
        channel,
        item,
        call_id,
        scorer_id,
        min(code) as code,
        min(number) as number
    from read_values
    where code is not null
    group by slice, channel, item, call_id, scorer_id
    having count(distinct code) = 1

),

double_scored as (

    select *
    from scores
    qualify count(*) over (partition by slice, channel, item, call_id) >= 2

),

items as (

    select
        slice,
        channel,
        item,
        count(distinct call_id) as call_count,
        count(distinct scorer_id) as scorer_count,
        count(number) = count(*) and count(distinct number) >= 3 as is_score
    from double_scored
    group by slice, channel, item

),

by_call as (

    select
        slice,
        channel,
        item,
        call_id,
        list(code order by scorer_id) as given_codes,
        list(number order by scorer_id) as given_numbers,
        count(distinct code) = 1 as is_agreed
    from double_scored
    group by slice, channel, item, call_id

),

agreed as (

    select
        slice,
        channel,
        item,
        count(*) filter (where is_agreed) as agreed_count
    from by_call
    group by slice, channel, item

),

commonest as (

    select
        slice,
        channel,
        item,
        max(code_count) / sum(code_count) as commonest_share
    from (
        select
            slice,
            channel,
            item,
            code,
            count(*) as code_count
        from double_scored
        group by all
    ) as code_counts
    group by slice, channel, item

),

-- Two people: their table of codes, the one with the smaller id in the rows.
cells as (

    select
        by_call.slice,
        by_call.channel,
        by_call.item,
        by_call.given_codes[1] as first_code,
        by_call.given_codes[2] as second_code,
        items.is_score,
        count(*) as cell_count
    from by_call
    inner join items using (slice, channel, item)
    where items.scorer_count = 2
    group by all

),

cohen as (

    select
        slice,
        channel,
        item,
        kappa_cohen(list({'first_code': first_code, 'second_code': second_code, 'cell_count': cell_count}), 'none') as agreement
    from cells
    where not is_score
    group by slice, channel, item

),

weighted as (

    select
        slice,
        channel,
        item,
        kappa_cohen(list({'first_code': first_code, 'second_code': second_code, 'cell_count': cell_count}), 'quadratic') as agreement
    from cells
    where is_score
    group by slice, channel, item

),

-- More people, not always the same: how many chose each code, call by call.
code_lists as (

    select
        slice,
        channel,
        item,
        list(distinct code order by code) as all_codes
    from double_scored
    group by slice, channel, item

),

fleiss as (

    select
        by_call.slice,
        by_call.channel,
        by_call.item,
        kappa_fleiss(list(list_transform(
            code_lists.all_codes, lambda wanted: len(list_filter(by_call.given_codes, lambda code: code = wanted))
        ))) as agreement
    from by_call
    inner join code_lists using (slice, channel, item)
    inner join items using (slice, channel, item)
    where items.scorer_count > 2 and not items.is_score
    group by by_call.slice, by_call.channel, by_call.item

),

-- Scores: two-way (ICC 2,1) where the same two people score every call, else one-way (ICC 1,1) on each call's first two.
correlations as (

    select
        by_call.slice,
        by_call.channel,
        by_call.item,
        any_value(items.scorer_count) = 2 as is_two_way,
        icc_shrout_fleiss(list(by_call.given_numbers[1:2] order by by_call.call_id)) as icc
    from by_call
    inner join items using (slice, channel, item)
    where items.is_score
    group by by_call.slice, by_call.channel, by_call.item

),

lines as (

    select
        items.*,
        case
            when not items.is_score then case when items.scorer_count = 2 then 'kappa_cohen' else 'kappa_fleiss' end
            when correlations.is_two_way then 'icc21'
            else 'icc11'
        end as statistic,
        case
            when not items.is_score then coalesce(cohen.agreement['kappa'], fleiss.agreement['kappa'])
            when correlations.is_two_way then correlations.icc['icc21']
            else correlations.icc['icc11']
        end as agreement,
        case
            when not items.is_score then coalesce(cohen.agreement['se'], fleiss.agreement['se'])
            when correlations.is_two_way then correlations.icc['se21']
            else correlations.icc['se11']
        end as agreement_se,
        coalesce(cohen.agreement['pabak'], fleiss.agreement['pabak']) as pabak,
        weighted.agreement['kappa'] as weighted_kappa,
        weighted.agreement['se'] as weighted_se,
        agreed.agreed_count,
        commonest.commonest_share,
        sample_status(items.call_count) as status,
        items.call_count >= 10 as is_given
    from items
    inner join agreed using (slice, channel, item)
    inner join commonest using (slice, channel, item)
    left join cohen using (slice, channel, item)
    left join fleiss using (slice, channel, item)
    left join weighted using (slice, channel, item)
    left join correlations using (slice, channel, item)

)

-- Observed agreement is that all who scored the call gave one code.
select
    slice,
    channel,
    agreed_count as numerator,
    call_count as denominator,
    case when is_given then agreement end as estimate,
    case when is_given and agreement_se is not null then greatest(-1, agreement - z_of(95) * agreement_se) end as low,
    case when is_given and agreement_se is not null then least(1, agreement + z_of(95) * agreement_se) end as high,
    call_count as n_old_enough,
    status,
    item as measure,
    statistic,
    scorer_count,
    case when is_given then safe_ratio(agreed_count, call_count) end as observed_agreement,
    case when is_given then wilson_low(agreed_count, call_count, z_of(95)) end as observed_low,
    case when is_given then wilson_high(agreed_count, call_count, z_of(95)) end as observed_high,
    case when is_given then pabak end as pabak,
    case when is_given then commonest_share end as commonest_share,
    case when is_given then weighted_kappa end as weighted_kappa,
    case when is_given and weighted_se is not null then greatest(-1, weighted_kappa - z_of(95) * weighted_se) end as weighted_low,
    case when is_given and weighted_se is not null then least(1, weighted_kappa + z_of(95) * weighted_se) end as weighted_high
from lines
