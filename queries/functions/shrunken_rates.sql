-- Empirical Bayes for many groups with few units each (beta-binomial, weighted method of moments): a rate is drawn towards
-- the mean of all groups the more, the fewer units stand behind it. One struct per group, in the order given:
-- rate, mean and strength (the prior's mu and M), alpha and beta of the posterior, its mean `shrunken` and its `sd`, and
-- `place`, the rank by shrunken rate among groups of 30 and more. Groups without units count for nothing.
-- With fewer than 5 groups M is not estimated: strength, shrunken and place are null. Where groups differ no more than by
-- chance M is infinite: all lie at the mean and none is ranked.
create or replace macro shrunken_rates(successes, totals) as (
    with
    groups as (
        select
            unnest(successes)::double as x,
            unnest(totals)::double as n,
            generate_subscripts(totals, 1) as given_at
    ),
    pooled as (
        select
            *,
            x / nullif(n, 0) as rate,
            sum(x) over () / nullif(sum(n) over (), 0) as mean,
            count(*) filter (where n > 0) over () as group_count,
            sum(n) over () as unit_count,
            sum(n * n) over () as square_count
        from groups
    ),
    spread as (
        select
            *,
            (sum(n * (rate - mean) ** 2) over all_groups - mean * (1 - mean) * (group_count - 1))
            / nullif(mean * (1 - mean) * (unit_count - square_count / unit_count - (group_count - 1)), 0) as raw_rho
        from pooled
        window all_groups as (order by given_at rows between unbounded preceding and unbounded following)
    ),
    -- rho is clipped to [0, 1); at 0 the prior has infinite strength.
    priors as (
        select
            *,
            case
                when group_count < 5 or raw_rho is null then null
                when raw_rho <= 0 then 'infinity'::double
                else 1 / least(raw_rho, 1 - 1e-9) - 1
            end as strength
        from spread
    ),
    posteriors as (
        select
            *,
            case when strength < 'infinity'::double then mean * strength + coalesce(x, 0) end as alpha,
            case when strength < 'infinity'::double then (1 - mean) * strength + coalesce(n - x, 0) end as beta
        from priors
    ),
    shrunk as (
        select
            *,
            case when strength < 'infinity'::double then alpha / (alpha + beta) when strength is not null then mean end as shrunken,
            sqrt(alpha * beta / ((alpha + beta) ** 2 * (alpha + beta + 1))) as sd,
            n >= 30 and alpha is not null as is_ranked
        from posteriors
    )
    select
        list({
            'x': x,
            'n': n,
            'rate': rate,
            'mean': mean,
            'strength': strength,
            'alpha': alpha,
            'beta': beta,
            'shrunken': shrunken,
            'sd': sd,
            'place': case when is_ranked then 1 + better_count end
        } order by given_at)
    from (
        select
            *,
            count(*) filter (where is_ranked) over (
                order by shrunken desc range between unbounded preceding and current row exclude group
            ) as better_count
        from shrunk
    ) as placed
);
