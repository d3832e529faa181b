-- title:     Message matches the offer
-- stage:     qualification
-- home:      sources, beside
-- rows:      (select *, need = offer as is_counted from offers where need is not null)
-- headline:  inbound
-- unit:      ratio
-- of:        leads
-- direction: higher_is_better
-- reads:     Of 100 leads that told us their need on a call, how many want what the campaign offered.
-- needs:     leads.campaign_offer, call_answers.answer_code, calls.lead_id
-- links:     calls.lead, call_answers.call
-- windows:   none
-- horizon:   none
-- also:      offer_count, unknown_count, lower_bound, upper_bound, campaign_count
-- apart:     Outbound leads did not answer an offer.
-- across:    Outbound leads did not answer an offer: there the handling of objections tells more.
-- caveat:    The need is the first answer to the question `need` on a call, in the codes of the offers; what a form says is not used.
-- caveat:    A need coded from the campaign's name matches by itself: a match of nearly 100 of 100 asks for a look at the coding.
-- caveat:    Leads not yet spoken to are unknown: the bounds say what they could make of the rate.
-- answers:   S1.68, S1.26
with

stated_needs as (

    select
        calls.lead_id,
        fold(answers.answer_code) as need,
        row_number() over (
            partition by calls.lead_id
            order by calls.started_on, calls.started_at, calls.call_id, fold(answers.answer_code)
        ) as place
    from snapshot.fact_call_answers as answers
    inner join snapshot.fact_calls as calls using (call_id)
    where
        fold(answers.question_id) = 'need'
        and fold(answers.answer_code) is not null
        and coalesce(answers.is_answered, true)
        and calls.started_on <= $scope['as_of']::date

),

offers as (

    select
        leads.slice,
        leads.channel,
        leads.lead_id,
        leads.campaign_id,
        fold(leads.campaign_offer) as offer,
        stated_needs.need
    from scope_lead_records($scope) as leads
    left join stated_needs on leads.lead_id = stated_needs.lead_id and stated_needs.place = 1
    where fold(leads.campaign_offer) is not null

),

counted as (

    select
        slice,
        channel,
        count(*) as offer_count,
        count(need) as known_count,
        count(*) filter (where need = offer) as matched_count,
        count(distinct campaign_id) as campaign_count
    from offers
    group by slice, channel

)

-- The bounds hold whatever the leads without a stated need want (Manski): something else, or the offer.
select
    slice,
    channel,
    matched_count as numerator,
    known_count as denominator,
    case when known_count >= 10 then safe_ratio(matched_count, known_count) end as estimate,
    case when known_count >= 10 then wilson_low(matched_count, known_count, z_of(95)) end as low,
    case when known_count >= 10 then wilson_high(matched_count, known_count, z_of(95)) end as high,
    known_count as n_old_enough,
    sample_status(known_count) as status,
    offer_count,
    offer_count - known_count as unknown_count,
    case when offer_count >= 10 then safe_ratio(matched_count, offer_count) end as lower_bound,
    case when offer_count >= 10 then safe_ratio(matched_count + offer_count - known_count, offer_count) end as upper_bound,
    campaign_count
from counted
