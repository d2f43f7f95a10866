-- Closings: days, months and fiscal years put away for good, and the documents that they sealed.
create table "closings" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "kind" text not null check ("kind" in ('day', 'month', 'year')),
  "rank" integer not null,
  "starts_on" integer not null,
  "ends_on" integer not null,
  "made_at" integer not null,
  "documents" integer not null,
  "last_document" integer not null,
  "chain" text not null check (length("chain") <= 200),
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "tax" integer not null,
  "tax_currency" text not null check (length("tax_currency") = 3),
  "total" integer not null,
  "total_currency" text not null check (length("total_currency") = 3),
  "year_total" integer not null,
  "year_total_currency" text not null check (length("year_total_currency") = 3),
  "perpetual_total" integer not null,
  "perpetual_total_currency" text not null check (length("perpetual_total_currency") = 3),
  "received" integer not null,
  "received_currency" text not null check (length("received_currency") = 3),
  "perpetual_received" integer not null,
  "perpetual_received_currency" text not null check (length("perpetual_received_currency") = 3),
  "audit_size" integer not null,
  "audit_root" text check (length("audit_root") <= 200),
  "previous" text not null check (length("previous") <= 200),
  "hash" text not null check (length("hash") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "closings_key_rank" on "closings" (company, "rank");
create index "closings_by_ends_on" on "closings" (company, "ends_on", id);
create unique index "closings_key_kind_ends_on" on "closings" (company, "kind", "ends_on");

create table "closing_totals" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "closing" blob not null,
  "topic" text not null check ("topic" in ('invoices', 'credit_notes', 'deductions', 'vat', 'payments', 'undone', 'entries')),
  "name" text not null check (length("name") <= 200),
  "documents" integer not null,
  "first_number" text check (length("first_number") <= 200),
  "last_number" text check (length("last_number") <= 200),
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "tax" integer not null,
  "tax_currency" text not null check (length("tax_currency") = 3),
  "total" integer not null,
  "total_currency" text not null check (length("total_currency") = 3),
  "year_total" integer not null,
  "year_total_currency" text not null check (length("year_total_currency") = 3),
  "perpetual_total" integer not null,
  "perpetual_total_currency" text not null check (length("perpetual_total_currency") = 3),
  primary key (company, id),
  foreign key (company, "closing") references "closings" (company, id)
) strict, without rowid;
create index "closing_totals_by_closing" on "closing_totals" (company, "closing", id);

create table "sealed_documents" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "rank" integer not null,
  "closing" blob not null,
  "about" text not null,
  "number" text not null check (length("number") <= 200),
  "hash" text not null check (length("hash") <= 200),
  "link" text not null check (length("link") <= 200),
  primary key (company, id),
  foreign key (company, "closing") references "closings" (company, id)
) strict, without rowid;
create unique index "sealed_documents_key_rank" on "sealed_documents" (company, "rank");
create unique index "sealed_documents_key_about" on "sealed_documents" (company, "about");
create index "sealed_documents_by_closing_rank" on "sealed_documents" (company, "closing", "rank", id);

-- What was posted on a day is found by it.
create index "journal_entries_by_posted_at" on "journal_entries" (company, "posted_at", id);

-- A closing, its totals and the documents that it sealed never change.
create trigger closing_stays_update before update on closings
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_stays_delete before delete on closings
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_total_stays_update before update on closing_totals
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_total_stays_delete before delete on closing_totals
begin
  select raise(abort, 'closing.kept');
end;
create trigger sealed_document_stays_update before update on sealed_documents
begin
  select raise(abort, 'closing.kept');
end;
create trigger sealed_document_stays_delete before delete on sealed_documents
begin
  select raise(abort, 'closing.kept');
end;

insert into sqlite_stat1 values ('journal_entries', 'journal_entries_by_posted_at', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('closings', 'closings', '1000000 1000000 1');
insert into sqlite_stat1 values ('closings', 'closings_key_rank', '1000000 1000000 1');
insert into sqlite_stat1 values ('closings', 'closings_by_ends_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('closings', 'closings_key_kind_ends_on', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('closing_totals', 'closing_totals', '1000000 1000000 1');
insert into sqlite_stat1 values ('closing_totals', 'closing_totals_by_closing', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('sealed_documents', 'sealed_documents', '1000000 1000000 1');
insert into sqlite_stat1 values ('sealed_documents', 'sealed_documents_key_rank', '1000000 1000000 1');
insert into sqlite_stat1 values ('sealed_documents', 'sealed_documents_key_about', '1000000 1000000 1');
insert into sqlite_stat1 values ('sealed_documents', 'sealed_documents_by_closing_rank', '1000000 1000000 16 4 1');
analyze sqlite_schema;
