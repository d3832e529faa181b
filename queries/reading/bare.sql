-- A value of a typed column in plain digits and signs: '１２３' is '123'.
create or replace macro bare(label) as
nullif(trim(translate(label, '０１２３４５６７８９．，－−＋：／', '0123456789.,--+:/')), '');
