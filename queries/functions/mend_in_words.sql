-- How a damaged key would have to be written to match, in words.
create or replace macro mend_in_words(mend, affix) as
case mend
    when 'leading zeros' then 'when leading zeros are kept'
    when 'decimal zero' then 'without the ".0" of a number'
    when 'letter case' then 'when letter case is ignored'
    when 'blanks' then 'when blanks are removed'
    when 'salesforce id' then 'as 15-character ids'
    when 'prefix missing' then concat('with "', affix, '" in front')
    when 'suffix missing' then concat('with "', affix, '" behind')
    when 'prefix added' then concat('without "', affix, '" in front')
    when 'suffix added' then concat('without "', affix, '" behind')
end;
