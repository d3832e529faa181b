-- title:     Preferred-language match
-- stage:     operations
-- home:      operations, detail
-- rows:      (select slice, channel, call_id, spoken, preferred, line['measure'] as measure, line['holds'] as is_counted
--            from (
--            select *, unnest([
--            {'measure': 'held in the preferred language', 'is_asked': spoken = preferred is not null, 'holds': spoken = preferred},
--            {'measure': 'language and preference known', 'is_asked': true, 'holds': spoken = preferred is not null},
--            {'measure': 'qualified when held in it', 'is_asked': spoken = preferred, 'holds': is_qualified},
--            {'measure': 'qualified when held in another', 'is_asked': spoken <> preferred, 'holds': is_qualified},
--            {'measure': 'qualified, difference', 'is_asked': spoken = preferred is not null, 'holds': null::boolean}]) as line
--            from conversations) as lines where line['is_asked'])
-- headline:  both
-- unit:      ratio
-- of:        conversations
-- first:     held in the preferred language
-- direction: higher_is_better
-- reads:     Of 100 conversations with leads whose language we know, how many were held in that language.
-- needs:     calls.language, leads.language_pref, calls.lead_id
-- links:     calls.lead
-- windows:   none
-- horizon:   none
-- also:      measure
-- across:    Each channel reaches its own markets: slice by region, and compare the channels within one region.
-- caveat:    A preference is what the lead record says. It is never guessed from the country; unknown ones have their own line.
-- caveat:    Variants of a language count as one: de-AT matches de-DE. Write codes in both files; German does not match de.
-- caveat:    The gap in qualified conversations is as counted, over all markets together, and says nothing of its reasons.
-- answers:   S0.10, S0.27
with

-- The language is the part before the region: pt-BR and pt_PT are both pt.
conversations as (

    select
        calls.slice,
        calls.channel,
        calls.call_id,
        calls.disposition in ('qualified', 'meeting_booked') as is_qualified,
        nullif(lower(trim(split_part(replace(calls.language, '_', '-'), '-', 1))), '') as spoken,
        nullif(lower(trim(split_part(replace(leads.language_pref, '_', '-'), '-', 1))), '') as preferred
    from scope_calls($scope) as calls
    left join snapshot.fact_leads as leads on calls.lead_id = leads.lead_id and leads.created_on <= $scope['as_of']::date
    where calls.is_conversation

),

-- A comparison with an unknown language is unknown, hence in neither of matched and not matched.
counted as (

    select
        slice,
        channel,
        count(*) as conversation_count,
        count(spoken = preferred) as known_count,
        count(*) filter (where spoken = preferred) as matched_count,
        count(*) filter (where spoken <> preferred) as other_count,
        count(*) filter (where spoken = preferred and is_qualified) as matched_qualified_count,
        count(*) filter (where spoken <> preferred and is_qualified) as other_qualified_count
    from conversations
    group by slice, channel

),

shares as (

    select
        slice,
        channel,
        unnest([
            {'measure': 'held in the preferred language', 'part': matched_count, 'whole': known_count},
            {'measure': 'language and preference known', 'part': known_count, 'whole': conversation_count},
            {'measure': 'qualified when held in it', 'part': matched_qualified_count, 'whole': matched_count},
            {'measure': 'qualified when held in another', 'part': other_qualified_count, 'whole': other_count},
        ], recursive := true)
    from counted

),

gated as (

    select
        *,
        sample_status(whole) as status,
        case when whole >= 10 then safe_ratio(part, whole) end as share,
        case when whole >= 10 then wilson_low(part, whole, z_of(95)) end as low,
        case when whole >= 10 then wilson_high(part, whole, z_of(95)) end as high
    from shares

),

-- Newcombe's interval for the difference of two shares, from the Wilson limits of each.
gaps as (

    select
        slice,
        channel,
        matched.part - other.part as part,
        matched.whole + other.whole as whole,
        least(matched.whole, other.whole) as smaller_count,
        matched.share - other.share as share,
        mover_low(matched.share, matched.low, other.share, other.high) as low,
        mover_high(matched.share, matched.high, other.share, other.low) as high
    from gated as matched
    inner join gated as other using (slice, channel)
    where matched.measure = 'qualified when held in it' and other.measure = 'qualified when held in another'

)

select
    slice,
    channel,
    part as numerator,
    whole as denominator,
    share as estimate,
    low,
    high,
    whole as n_old_enough,
    status,
    measure
from gated

union all

-- A difference has no numerator of its own.
select
    slice,
    channel,
    null as numerator,
    whole as denominator,
    share as estimate,
    low,
    high,
    smaller_count as n_old_enough,
    sample_status(smaller_count) as status,
    'qualified, difference' as measure
from gaps
