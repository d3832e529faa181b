-- An amount without the word for its zeros (number_scale).
create or replace macro unscaled(label) as regexp_replace(label, scale_pattern(), '\1 \3\5');
