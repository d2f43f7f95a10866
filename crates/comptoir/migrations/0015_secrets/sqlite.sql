-- What seals the secrets of each company, wrapped by the key of the installation.
create table data_key (company integer primary key, wrapped blob not null check (length(wrapped) = 72), at integer not null) strict;

-- Sealed fields are indexed by what exact searches go by: their first letters.
drop index "quotes_key_acceptance_token";
create unique index "quotes_key_acceptance_token" on "quotes" (company, substr("acceptance_token", 1, 27));
drop index "bank_statements_key_iban_reference";
create unique index "bank_statements_key_iban_reference" on "bank_statements" (company, substr("iban", 1, 27), "reference");
drop index "bank_lines_by_counterparty_iban";
create index "bank_lines_by_counterparty_iban" on "bank_lines" (company, substr("counterparty_iban", 1, 27), id);
delete from sqlite_stat1 where idx in ('quotes_key_acceptance_token', 'bank_statements_key_iban_reference', 'bank_lines_by_counterparty_iban');
insert into sqlite_stat1 values ('quotes', 'quotes_key_acceptance_token', '1000000 1000000 1');
insert into sqlite_stat1 values ('bank_statements', 'bank_statements_key_iban_reference', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines_by_counterparty_iban', '1000000 1000000 16 1');
analyze sqlite_schema;
