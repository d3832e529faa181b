-- Limits at 95 % of a directly standardised share by the gamma distribution (Fay and Feuer 1997), as a struct {low, high}, from the
-- shares of the strata, their variances, how many units each stands on and the weights (counts or shares), taken as given.
-- share -+ z SE takes a stratum without events for certain. Here the upper limit grants one event more where it counts most, and
-- the lower one event less where every unit of a stratum has one. Of a share above a half it is the rest that is limited, so that
-- won and not won say the same. Null where a stratum is unknown.
create or replace macro standardised_limits(shares, variances, counts, weights) as (
    select
        {
            'low': case when share > 0.5 then 1 - rarer_high else rarer_low end,
            'high': case when share > 0.5 then 1 - rarer_low else rarer_high end
        }
    from (
        select
            share,
            case
                when rarer <= fewer then 0.0
                else
                    (variance + fewer ** 2) / (rarer - fewer)
                    * gamma_quantile(0.025, (rarer - fewer) ** 2 / (variance + fewer ** 2))
            end as rarer_low,
            least(
                case when rarer is not null then 1.0 end,
                (variance + more ** 2) / (rarer + more) * gamma_quantile(0.975, (rarer + more) ** 2 / (variance + more ** 2))
            ) as rarer_high
        from (
            select
                share,
                variance,
                case when share > 0.5 then 1 - share else share end as rarer,
                more,
                case when share > 0.5 then step_of_none else step_of_all end as fewer
            from (
                select
                    case
                        when count(share) = count(*) and count(variance) = count(*)
                            then sum(share * weight order by place) / nullif(sum(weight order by place), 0)
                    end as share,
                    sum(variance * weight ** 2 order by place) / nullif(sum(weight order by place), 0) ** 2 as variance,
                    max(weight / units) / nullif(sum(weight order by place), 0) as more,
                    coalesce(max(weight / units) filter (where share >= 1), 0) / nullif(sum(weight order by place), 0)
                        as step_of_all,
                    coalesce(max(weight / units) filter (where share <= 0), 0) / nullif(sum(weight order by place), 0)
                        as step_of_none
                from (
                    select
                        unnest(shares)::double as share,
                        unnest(variances)::double as variance,
                        unnest(counts)::double as units,
                        unnest(weights)::double as weight,
                        generate_subscripts(weights, 1) as place
                ) as strata
            ) as summed
        ) as sided
    ) as limited
);
