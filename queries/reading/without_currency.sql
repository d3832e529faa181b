-- A number without the sign or the code of a currency before or behind it.
create or replace macro without_currency(label) as
regexp_replace(label, '^([+-]?) *(?:US)?(?:[$€£¥₹]|\b[A-Z]{3}\b) *|(?: *(?:[$€£¥₹]|\b[A-Z]{3}\b))$', '\1', 'g');
