-- An e-mail address, wherever it stands in a text.
create or replace macro email_pattern() as '[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@<>(),;:".]{2,}';
