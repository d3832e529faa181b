-- The end of an amount that is written in thousands or millions: its last figure, the word for the zeros, and what follows (a
-- currency, a bracket). A lone T is such a word only before a currency (TEUR).
create or replace macro scale_pattern() as
'(?i)(\d) ?(?:(k|tsd\.?|thousand|mm|mn|mio\.?|mill\.?|millions?|m|bn|mrd\.?|billions?|b)( ?(?:[$€£¥₹]|[A-Z]{3})?\)?)|(t)( ?(?:€|EUR)\)?))$';
