-- title:     Agreement on "qualified"
-- stage:     qualification
-- home:      qualification, beside
-- rows:      (select slice, channel, lead_id, measure, is_first, is_second, is_first = is_second as is_counted from pairs
--            union all by name
--            select *, 'all three' as measure, marketing = sales and sales = operations as is_counted from computable)
-- headline:  none
-- unit:      index
-- of:        leads
-- first:     all three
-- direction: higher_is_better
-- reads:     Whether marketing, sales and operations mean the same leads: 1 is full agreement, 0 no more than chance.
-- needs:     leads.lead_id, call_answers.answer_code, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   calls, call_answers
-- withheld:  The settings name fewer than three parties that define qualified, so there is nothing to agree on.
-- horizon:   none
-- also:      measure, observed_agreement, observed_low, observed_high, pabak, first_share, second_share, both_count, first_only_count,
--            second_only_count, neither_count, lead_count
-- across:    Read each channel by itself; the three often differ more on inbound.
-- caveat:    A definition is the set of criteria a party requires in the settings; the first clear answer on a call decides each.
-- caveat:    Only answers given up to the day a lead was qualified or closed count: later ones know the outcome.
-- caveat:    Only leads that all three definitions can judge are compared. Where nearly all leads get the same verdict, the index
--            is low by nature: read the share on which both agree, and pabak, beside it.
-- answers:   S0.13, S1.75, S0.36
with

requirements as (

    select
        split_part(name, '.', 2) as criterion,
        value as party
    from snapshot.settings
    where starts_with(name, 'criteria.') and ends_with(name, '.required_by')

),

chosen_leads as (

    select
        slice,
        channel,
        lead_id,
        least(qualified_on, won_on, lost_on, disqualified_on) as decided_on
    from scope_leads($scope)

),

-- Three values: no as soon as one required criterion is missed, yes when all are met, else unknown.
verdicts as (

    select
        chosen_leads.slice,
        chosen_leads.channel,
        chosen_leads.lead_id,
        requirements.party,
        case
            when bool_or(not answers.is_met) then false
            when count(answers.is_met) = count(*) then true
        end as is_qualified
    from chosen_leads
    cross join requirements
    left join clear_answers($scope['as_of']::date) as answers
        on
            chosen_leads.lead_id = answers.lead_id
            and requirements.criterion = answers.criterion
            and answers.place = 1
            and answers.answered_on <= coalesce(chosen_leads.decided_on, answers.answered_on)
    group by all

),

opinions as (

    select
        slice,
        channel,
        lead_id,
        bool_or(is_qualified) filter (where party = 'marketing') as marketing,
        bool_or(is_qualified) filter (where party = 'sales') as sales,
        bool_or(is_qualified) filter (where party = 'operations') as operations
    from verdicts
    group by slice, channel, lead_id

),

computable as (

    select *
    from opinions
    where marketing is not null and sales is not null and operations is not null

),

pairs as (

    select
        slice,
        channel,
        lead_id,
        unnest([
            {'measure': 'marketing and operations', 'is_first': marketing, 'is_second': operations},
            {'measure': 'marketing and sales', 'is_first': marketing, 'is_second': sales},
            {'measure': 'operations and sales', 'is_first': operations, 'is_second': sales}
        ], recursive := true)
    from computable

),

pair_counts as (

    select
        slice,
        channel,
        measure,
        count(*) filter (where is_first and is_second) as both_count,
        count(*) filter (where is_first and not is_second) as first_only_count,
        count(*) filter (where not is_first and is_second) as second_only_count,
        count(*) filter (where not is_first and not is_second) as neither_count
    from pairs
    group by slice, channel, measure

),

pair_kappas as (

    select
        *,
        kappa_cohen([
            {'first_code': 'yes', 'second_code': 'yes', 'cell_count': both_count},
            {'first_code': 'yes', 'second_code': 'no', 'cell_count': first_only_count},
            {'first_code': 'no', 'second_code': 'yes', 'cell_count': second_only_count},
            {'first_code': 'no', 'second_code': 'no', 'cell_count': neither_count}
        ], 'none') as agreement,
        both_count + neither_count as agreed_count
    from pair_counts

),

all_three as (

    select
        slice,
        channel,
        kappa_fleiss(list([
            marketing::integer + sales::integer + operations::integer,
            3 - marketing::integer - sales::integer - operations::integer
        ])) as agreement,
        count(*) filter (where marketing and sales and operations) as both_count,
        count(*) filter (where not marketing and not sales and not operations) as neither_count
    from computable
    group by slice, channel

),

lines as (

    select
        slice,
        channel,
        measure,
        agreement,
        agreed_count,
        both_count,
        first_only_count,
        second_only_count,
        neither_count
    from pair_kappas
    union all
    select
        slice,
        channel,
        'all three' as measure,
        agreement,
        both_count + neither_count as agreed_count,
        both_count,
        null as first_only_count,
        null as second_only_count,
        neither_count
    from all_three

),

lead_counts as (

    select
        slice,
        channel,
        count(*) as lead_count
    from chosen_leads
    group by slice, channel

),

measures as (

    select unnest(['all three', 'marketing and operations', 'marketing and sales', 'operations and sales']) as measure

),

-- A party that requires nothing has no definition: no agreement with it can be told.
judged as (

    select
        lead_counts.slice,
        lead_counts.channel,
        measures.measure,
        lead_counts.lead_count,
        lines.* exclude (slice, channel, measure),
        coalesce(lines.agreement['unit_count'], 0) as unit_count,
        case
            when (select count(distinct party) from requirements) < 3 then 'not_available'
            else sample_status(coalesce(lines.agreement['unit_count'], 0))
        end as status
    from lead_counts
    cross join measures
    left join lines
        on lead_counts.slice = lines.slice and lead_counts.channel = lines.channel and measures.measure = lines.measure

),

shown as (

    select
        *,
        status in ('ok', 'provisional') as is_given
    from judged

)

select
    slice,
    channel,
    coalesce(agreed_count, 0) as numerator,
    unit_count as denominator,
    case when is_given then agreement['kappa'] end as estimate,
    case when is_given and agreement['kappa'] is not null then greatest(-1, agreement['kappa'] - z_of(95) * agreement['se']) end as low,
    case when is_given and agreement['kappa'] is not null then least(1, agreement['kappa'] + z_of(95) * agreement['se']) end as high,
    unit_count as n_old_enough,
    status,
    measure,
    case when is_given then safe_ratio(agreed_count, unit_count) end as observed_agreement,
    case when is_given then wilson_low(agreed_count, unit_count, z_of(95)) end as observed_low,
    case when is_given then wilson_high(agreed_count, unit_count, z_of(95)) end as observed_high,
    case when is_given then agreement['pabak'] end as pabak,
    case when is_given then safe_ratio(both_count + first_only_count, unit_count) end as first_share,
    case when is_given then safe_ratio(both_count + second_only_count, unit_count) end as second_share,
    both_count,
    first_only_count,
    second_only_count,
    neither_count,
    lead_count
from shown
