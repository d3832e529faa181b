-- title:     Fit with the ideal customer profile
-- stage:     qualification
-- home:      outbound, detail
-- rows:      (select leads.slice, leads.channel, leads.lead_id, fits.part_count, fits.is_fit as is_counted
--            from scope_leads($scope) as leads inner join fits using (lead_id) where fits.is_fit is not null)
-- headline:  outbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads whose fit can be told, how many match the ideal customer profile in every point.
-- needs:     leads.lead_id
-- links:     none
-- windows:   none
-- withheld:  The settings name no ideal customer: fill ideal_customer.
-- horizon:   none
-- also:      lead_count, unknown_count, known_share, lower_bound, upper_bound, profile_columns
-- across:    Outbound is picked by the profile, so it is high by design: it says who they are, not whether they will buy.
-- caveat:    The profile is the one of the settings (ideal_customer): without a list there is no profile and no figure.
-- caveat:    One point missed rules a lead out, all points met rule it in; the bounds say what the unknown leads could make of it.
-- caveat:    Data filled in only for leads that were worked make the known leads a selection: read the bounds.
-- caveat:    A profile redrawn after seeing who bought always fits: freeze it before the period.
-- counter:   fit_intent_matrix
-- answers:   S1.7, S1.34, S0.14
with

-- Three values: no as soon as one point is missed, yes when all are met, else unknown.
fits as (

    select
        lead_id,
        count(*) as part_count,
        case when bool_or(not is_met) then false when count(is_met) = count(*) then true end as is_fit
    from profile_of_leads()
    group by lead_id

),

counted as (

    select
        leads.slice,
        leads.channel,
        coalesce(max(fits.part_count), 0) as profile_columns,
        count(*) as lead_count,
        count(fits.is_fit) as known_count,
        count(*) filter (where fits.is_fit) as fit_count
    from scope_leads($scope) as leads
    left join fits using (lead_id)
    group by leads.slice, leads.channel

),

judged as (

    select
        *,
        case when profile_columns = 0 then 'not_available' else sample_status(known_count) end as status
    from counted

)

-- The bounds hold whatever the unknown leads are (Manski): none of them fits, all of them fit.
select
    slice,
    channel,
    case when profile_columns > 0 then fit_count end as numerator,
    case when profile_columns > 0 then known_count end as denominator,
    case when status in ('ok', 'provisional') then safe_ratio(fit_count, known_count) end as estimate,
    case when status in ('ok', 'provisional') then wilson_low(fit_count, known_count, z_of(95)) end as low,
    case when status in ('ok', 'provisional') then wilson_high(fit_count, known_count, z_of(95)) end as high,
    known_count as n_old_enough,
    status,
    lead_count,
    case when profile_columns > 0 then lead_count - known_count end as unknown_count,
    case when profile_columns > 0 then safe_ratio(known_count, lead_count) end as known_share,
    case when profile_columns > 0 and lead_count >= 10 then safe_ratio(fit_count, lead_count) end as lower_bound,
    case when profile_columns > 0 and lead_count >= 10 then safe_ratio(fit_count + lead_count - known_count, lead_count) end as upper_bound,
    profile_columns
from judged
