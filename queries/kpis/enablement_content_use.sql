-- title:     Enablement content in conversations
-- stage:     conversation
-- home:      outbound, detail
-- rows:      (select * exclude (is_asked) from lines where is_asked)
-- headline:  none
-- unit:      ratio
-- of:        conversations
-- first:     content was used
-- direction: none
-- reads:     Of 100 conversations, in how many sales used content made to help them, and how many qualified with it and without.
-- needs:     calls.content_used, calls.outcome_code
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure
-- across:    Meant for outbound, whose intent has to be built; inbound callers need it less and are asked less.
-- caveat:    An association, not an effect: content is brought out where a conversation goes well.
-- caveat:    A blank says nothing: only none, no or false means that nothing was used. Conversations of one rep or lead are counted
--   as independent.
-- answers:   S1.74
with

conversations as (

    select
        slice,
        channel,
        call_id,
        disposition in ('qualified', 'meeting_booked') as is_qualified,
        case
            when fold(content_used) in ('no', 'none', 'n/a', 'false', '0') then false
            when content_used is not null then true
        end as has_content
    from scope_calls($scope)
    where is_conversation

),

-- Each conversation stands in the lines whose question may be asked of it.
lines as (

    select
        slice,
        channel,
        call_id,
        has_content,
        is_qualified,
        unnest([
            {'measure': 'content was used', 'is_asked': has_content is not null, 'is_counted': has_content},
            {'measure': 'use is on record', 'is_asked': true, 'is_counted': has_content is not null},
            {'measure': 'qualified with content', 'is_asked': coalesce(has_content, false), 'is_counted': is_qualified},
            {'measure': 'qualified without content', 'is_asked': coalesce(not has_content, false), 'is_counted': is_qualified},
            {'measure': 'qualified, difference', 'is_asked': has_content is not null, 'is_counted': null::boolean}
        ], recursive := true)
    from conversations

),

shares as (

    select
        slice,
        channel,
        measure,
        count(*) filter (where is_asked) as whole,
        count(*) filter (where is_asked and is_counted) as part
    from lines
    group by slice, channel, measure

),

gated as (

    select
        *,
        sample_status(whole) as status,
        case when whole >= 10 then safe_ratio(part, whole) end as share,
        case when whole >= 10 then wilson_low(part, whole, z_of(95)) end as low,
        case when whole >= 10 then wilson_high(part, whole, z_of(95)) end as high
    from shares
    where measure <> 'qualified, difference'

),

-- Newcombe's interval for the difference of two shares, from the Wilson limits of each.
gaps as (

    select
        slice,
        channel,
        used.whole + other.whole as whole,
        least(used.whole, other.whole) as smaller_count,
        used.share - other.share as share,
        mover_low(used.share, used.low, other.share, other.high) as low,
        mover_high(used.share, used.high, other.share, other.low) as high
    from gated as used
    inner join gated as other using (slice, channel)
    where used.measure = 'qualified with content' and other.measure = 'qualified without content'

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
