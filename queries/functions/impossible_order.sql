-- What is wrong with two stamps of which the first cannot lie after the second, in words; null where nothing is.
create or replace macro impossible_order(earlier_name, earlier, later_name, later) as
case
    when is_before(later, earlier)
        then concat(later_name, ' ', time_text(elapsed_seconds(later, earlier)), ' before ', earlier_name)
end;
