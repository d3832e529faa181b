-- title:     Script and criteria changes
-- stage:     operations
-- home:      definitions, beside
-- rows:      (select *, kind || ' ' || version as measure, null::boolean as is_counted from used_versions
--            where version is not null
--            union all
--            select *, 'recorded: ' || kind as measure, version is not null as is_counted from chosen_uses)
-- headline:  none
-- unit:      ratio
-- of:        records
-- first:     recorded: script version
-- direction: none
-- reads:     When a new script or a new set of criteria was first used, so that a changed ruler is not read as changed leads.
-- needs:     calls.script_version, leads.criteria_version
-- links:     none
-- windows:   none
-- horizon:   none
-- also:      measure, kind, version, first_on, last_on, is_first
-- across:    A comparison of the channels across one of these days mixes two definitions: compare on one side of it.
-- caveat:    A line a version, without a rate: the numerator is the calls or leads that carry it.
-- caveat:    The first version of each kind opens the log; it is not a change.
-- caveat:    A change nobody recorded is not here: the two lines that begin with 'recorded' say how complete the log is.
-- answers:   S0.31, S0.13
with

-- All days up to as_of, so that a version is not new merely because the chosen days begin in the middle of it.
used_versions as (

    select
        slice_of($scope, leads.source, leads.segment, leads.region) as slice,
        leads.channel,
        leads.lead_id,
        null::varchar as call_id,
        'criteria version' as kind,
        nullif(trim(facts.criteria_version), '') as version,
        leads.created_on as used_on
    from leads_as_of($scope['as_of']::date) as leads
    inner join snapshot.fact_leads as facts using (lead_id)
    where
        leads.created_on < $scope['as_of']::date
        and in_scope($scope, leads.channel, leads.source, leads.segment, leads.region)
    union all
    select
        slice,
        channel,
        lead_id,
        call_id,
        'script version' as kind,
        nullif(trim(script_version), '') as version,
        started_on as used_on
    from scope_calls(struct_update($scope, from_on := null::date, to_on := null::date))

),

versions as (

    select
        slice,
        channel,
        kind,
        version,
        min(used_on) as first_on,
        max(used_on) as last_on,
        count(*) as used_count
    from used_versions
    where version is not null
    group by all

),

changes as (

    select
        *,
        sum(used_count) over (partition by slice, channel, kind)::bigint as kind_count,
        first_on = min(first_on) over (partition by slice, channel, kind) as is_first
    from versions

),

chosen_uses as (

    select *
    from used_versions
    where
        in_days($scope, used_on)

),

records as (

    select
        slice,
        channel,
        kind,
        count(version) as known_count,
        count(*) as used_count
    from chosen_uses
    group by all

)

select
    slice,
    channel,
    used_count as numerator,
    kind_count as denominator,
    null::double as estimate,
    null::double as low,
    null::double as high,
    used_count as n_old_enough,
    'ok' as status,
    kind || ' ' || version as measure,
    kind,
    version,
    first_on,
    last_on,
    is_first
from changes
where
    in_days($scope, first_on)

union all

select
    slice,
    channel,
    known_count as numerator,
    used_count as denominator,
    case when used_count >= 10 then safe_ratio(known_count, used_count) end as estimate,
    case when used_count >= 10 then wilson_low(known_count, used_count, z_of(95)) end as low,
    case when used_count >= 10 then wilson_high(known_count, used_count, z_of(95)) end as high,
    used_count as n_old_enough,
    sample_status(used_count) as status,
    'recorded: ' || kind as measure,
    kind,
    null as version,
    null as first_on,
    null as last_on,
    null as is_first
from records
