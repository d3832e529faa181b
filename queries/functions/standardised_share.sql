-- Direct standardisation: shares of the strata at the mix that the weights (counts or shares) say. A stratum whose share is
-- unknown makes it null: nothing is extrapolated, leave the stratum out of both lists.
create or replace macro standardised_share(shares, weights) as (
    select
        case
            when count(share) = count(weight)
                then sum(share * weight order by place) / nullif(sum(weight order by place), 0)
        end
    from (
        select unnest(shares)::double as share, unnest(weights)::double as weight, generate_subscripts(weights, 1) as place
    ) as strata
);
