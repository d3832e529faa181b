-- How long a unit was followed: in days, or in minutes where ages_per_day is 1440, up to its arrival, its competing end, or the end
-- of known_on. One that starts on known_on has no complete day behind it: its exit is its entry, so it is never at risk and
-- joins the next day (docs/adr/0004). What is dated before the start counts at age 0.
create or replace macro exit_age_of(started_at, ages_per_day, entry_age, reached_at, ended_at, known_on) as
case
    when started_at::date = known_on then entry_age
    else greatest(0, case
        when ages_per_day = 1
            then date_diff(
                'day',
                started_at::date,
                case ending_of(reached_at, ended_at)
                    when 'reached' then reached_at::date
                    when 'ended' then ended_at::date
                    else known_on
                end
            )
        else date_diff(
            'minute',
            started_at,
            case ending_of(reached_at, ended_at)
                when 'reached' then reached_at
                when 'ended' then ended_at
                else known_on + interval 1 day
            end
        )
    end)
end::integer;
