-- Files attached to records: their bytes lie in parts beside them.
create table file_chunk (company integer not null, file blob not null, rank integer not null, bytes blob not null) strict;
create unique index file_chunk_by_file on file_chunk (company, file, rank);

create table "attachments" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "about" text not null,
  "name" text not null check (length("name") <= 200),
  "kind" text not null check ("kind" in ('pdf', 'png', 'jpeg', 'webp', 'gif', 'office', 'zip', 'csv', 'plain_text', 'other')),
  "size" integer not null,
  "parts" integer not null,
  "author" text check (length("author") <= 200),
  primary key (company, id)
) strict, without rowid;
create index "attachments_by_about" on "attachments" (company, "about", id);

-- The page of a customer walks along these, however many documents the customer has.
create index "orders_by_party_stage" on "orders" (company, "party", "stage", id);
drop index "invoices_by_party_state";
create index "invoices_by_party_state_issued_on" on "invoices" (company, "party", "state", "issued_on", id);
create index "invoices_by_party_state_open" on "invoices" (company, "party", "state", "open", id);
create index "invoices_by_party_kind" on "invoices" (company, "party", "kind", id);

delete from sqlite_stat1 where tbl in ('attachments') or idx in ('invoices_by_party_state', 'orders_by_party_stage', 'invoices_by_party_state_issued_on', 'invoices_by_party_state_open', 'invoices_by_party_kind');
insert into sqlite_stat1 values ('attachments', 'attachments', '1000000 1000000 1');
insert into sqlite_stat1 values ('attachments', 'attachments_by_about', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('orders', 'orders_by_party_stage', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_party_state_issued_on', '1000000 1000000 16 4 2 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_party_state_open', '1000000 1000000 16 4 2 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_party_kind', '1000000 1000000 16 4 1');
analyze sqlite_schema;
