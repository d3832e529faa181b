-- Standard error of a directly standardised share from the variances of the strata, the weights taken as given.
create or replace macro standardised_se(variances, weights) as (
    select
        case
            when count(variance) = count(weight)
                then sqrt(sum(variance * weight ** 2 order by place)) / nullif(sum(weight order by place), 0)
        end
    from (
        select unnest(variances)::double as variance, unnest(weights)::double as weight, generate_subscripts(weights, 1) as place
    ) as strata
);
