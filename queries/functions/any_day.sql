-- The reader's question without its dates: for lists of what is open today, which know no cohort.
create or replace macro any_day(scope) as {
    'as_of': scope['as_of'],
    'from_on': null::date,
    'to_on': null::date,
    'channels': scope['channels'],
    'sources': scope['sources'],
    'segments': scope['segments'],
    'regions': scope['regions'],
    'slice_by': scope['slice_by'],
    'reads': scope['reads'],
    'gaps': [],
    'covered_from': scope['covered_from']
};
