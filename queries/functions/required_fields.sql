-- The fields that a record of a lead must hold, each with what it holds (record_completeness).
create or replace macro required_fields(
    account_id, source, segment, region, country, industry, employee_band, title, seniority
) as
[
    {'measure': 'account_id', 'content': account_id},
    {'measure': 'source', 'content': source},
    {'measure': 'segment', 'content': segment},
    {'measure': 'region', 'content': region},
    {'measure': 'country', 'content': country},
    {'measure': 'industry', 'content': industry},
    {'measure': 'employee_band', 'content': employee_band},
    {'measure': 'title', 'content': title},
    {'measure': 'seniority', 'content': seniority}
];
