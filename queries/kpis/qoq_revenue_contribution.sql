-- title:     Quarter-over-quarter revenue contribution
-- stage:     close
-- home:      pipeline, headline
-- rows:      lines
-- headline:  both
-- unit:      ratio
-- of:        contract value
-- first:     all quarters
-- direction: none
-- reads:     Of 100 of contract value won in a quarter, how much came from the leads of each channel.
-- needs:     leads.created_at, opportunities.outcome, opportunities.closed_at, opportunities.acv, opportunities.lead_id
-- links:     opportunities.lead
-- windows:   closings
-- whole:     opportunities
-- withheld:  Amounts in several currencies are not added: convert them, or choose one in the mapping (policy.currency).
-- horizon:   none
-- also:      measure, closed_quarter, created_quarter, is_partial, deal_count, previous_amount, currency
-- apart:     It is the share of a channel in all that is won.
-- across:    The share follows volume: it falls when the other channel grows. Level and share together, and never a verdict on quality.
-- caveat:    From and to are days of closing. A quarter that is not over, or is cut by from or to, is partial.
-- caveat:    The lines by quarter of creation and of closing add up to the same total as the lines by quarter of closing.
-- caveat:    A channel filter hides lines; the shares stay shares of all channels.
-- caveat:    Fewer than 5 deals of the channel give no share. The range comes from the spread between accounts, on the logit scale.
-- answers:   S1.47
with

deals as (

    select
        slice,
        channel,
        opportunity_id,
        coalesce(account_id, lead_id) as account_id,
        created_on,
        closed_on,
        acv,
        currency
    from scope_won_deals(struct_update($scope, channels := []::varchar[], from_on := null::date, to_on := null::date))
    where
        acv is not null
        and in_days($scope, closed_on)

),

-- Each deal stands in three lines: of all quarters, of the quarter it closed in, and of the quarters of its lead and its closing.
lines as (

    select
        deals.*,
        unnest([
            {'measure': 'all quarters', 'closed_quarter': null::date, 'created_quarter': null::date},
            {
                'measure': concat('closed ', year(closed_on), '-Q', quarter(closed_on)),
                'closed_quarter': date_trunc('quarter', closed_on)::date,
                'created_quarter': null::date
            },
            {
                'measure': concat(
                    'created ', year(created_on), '-Q', quarter(created_on), ', closed ', year(closed_on), '-Q', quarter(closed_on)
                ),
                'closed_quarter': date_trunc('quarter', closed_on)::date,
                'created_quarter': date_trunc('quarter', created_on)::date
            },
        ], recursive := true)
    from deals

),

totals as (

    select
        slice,
        measure,
        closed_quarter,
        created_quarter,
        sum(acv) as total_amount,
        count(*) as total_count,
        count(distinct account_id) as account_count,
        count(distinct currency) as currency_count,
        min(currency) as currency,
        coalesce(
            closed_quarter < $scope['from_on']::date
            or last_day(closed_quarter + interval 2 month) > least($scope['as_of']::date, $scope['to_on']::date),
            false
        ) as is_partial
    from lines
    group by all

),

-- A channel that has won anything has a line in every quarter of closing: there, nothing won is nothing, and is said.
present as (

    select
        totals.slice,
        totals.measure,
        channels.channel
    from totals
    inner join (select distinct slice, channel from deals) as channels using (slice)
    where totals.created_quarter is null
    union
    select
        slice,
        measure,
        channel
    from lines

),

account_parts as (

    select
        present.slice,
        present.measure,
        present.channel,
        lines.account_id,
        sum(lines.acv)::decimal(18, 2) as account_amount,
        coalesce(sum(lines.acv) filter (where lines.channel = present.channel), 0)::decimal(18, 2) as channel_amount,
        count(*) filter (where lines.channel = present.channel) as deal_count
    from present
    inner join lines using (slice, measure)
    group by present.slice, present.measure, present.channel, lines.account_id

),

-- The share of a total, linearised by account: one account with several deals, in one channel or in both, counts once.
sums as (

    select
        slice,
        measure,
        channel,
        sum(channel_amount) as channel_amount,
        sum(deal_count)::bigint as deal_count,
        sum(channel_amount::decimal(38, 4) * channel_amount)::double as channel_square,
        sum(account_amount::decimal(38, 4) * account_amount)::double as account_square,
        sum(account_amount::decimal(38, 4) * channel_amount)::double as product_sum
    from account_parts
    group by slice, measure, channel

),

shares as (

    select
        sums.*,
        totals.* exclude (slice, measure),
        safe_ratio(sums.channel_amount, totals.total_amount) as share,
        case
            when totals.currency_count > 1 then 'not_available'
            when totals.is_partial and totals.created_quarter is not null then 'too_early'
            when sums.deal_count < 5 or totals.account_count < 2 then 'too_few'
            when totals.is_partial then 'provisional'
            else 'ok'
        end as status
    from sums
    inner join totals using (slice, measure)

),

spreads as (

    select
        *,
        sqrt(
            greatest(0, channel_square - 2 * share * product_sum + share ** 2 * account_square)
            * account_count / nullif(account_count - 1, 0)
        ) / (total_amount * share * (1 - share)) as logit_se
    from shares
    where share > 0 and share < 1

)

-- Where one channel has won everything no account differs: Wilson on the number of deals stands in.
select
    shares.slice,
    shares.channel,
    case when shares.status <> 'not_available' then shares.channel_amount::double end as numerator,
    case when shares.status <> 'not_available' then shares.total_amount::double end as denominator,
    case when shares.status in ('ok', 'provisional') then shares.share end as estimate,
    case
        when shares.status not in ('ok', 'provisional') then null
        when shares.share in (0, 1) then wilson_low(shares.deal_count, shares.total_count, z_of(95))
        else 1 / (1 + exp(z_of(95) * spreads.logit_se - ln(shares.share / (1 - shares.share))))
    end as low,
    case
        when shares.status not in ('ok', 'provisional') then null
        when shares.share in (0, 1) then wilson_high(shares.deal_count, shares.total_count, z_of(95))
        else 1 / (1 + exp(-z_of(95) * spreads.logit_se - ln(shares.share / (1 - shares.share))))
    end as high,
    shares.total_count as n_old_enough,
    shares.status,
    shares.measure,
    shares.closed_quarter,
    shares.created_quarter,
    shares.is_partial,
    shares.deal_count,
    case when previous.status <> 'not_available' and not previous.is_partial then previous.channel_amount::double end as previous_amount,
    case when shares.currency_count = 1 then shares.currency end as currency
from shares
left join spreads using (slice, channel, measure)
left join shares as previous
    on
        shares.slice = previous.slice
        and shares.channel = previous.channel
        and shares.created_quarter is null
        and previous.created_quarter is null
        and previous.closed_quarter = (shares.closed_quarter - interval 3 month)::date
where len($scope['channels']) = 0 or list_contains($scope['channels'], shares.channel)
