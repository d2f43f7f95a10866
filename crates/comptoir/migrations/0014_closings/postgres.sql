-- Closings: days, months and fiscal years put away for good, and the documents that they sealed.
create table "closings" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "kind" text collate "C" not null check ("kind" in ('day', 'month', 'year')),
  "rank" bigint not null,
  "starts_on" bigint not null,
  "ends_on" bigint not null,
  "made_at" bigint not null,
  "documents" bigint not null,
  "last_document" bigint not null,
  "chain" text collate "C" not null check (length("chain") <= 200),
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "tax" bigint not null,
  "tax_currency" text collate "C" not null check (length("tax_currency") = 3),
  "total" bigint not null,
  "total_currency" text collate "C" not null check (length("total_currency") = 3),
  "year_total" bigint not null,
  "year_total_currency" text collate "C" not null check (length("year_total_currency") = 3),
  "perpetual_total" bigint not null,
  "perpetual_total_currency" text collate "C" not null check (length("perpetual_total_currency") = 3),
  "received" bigint not null,
  "received_currency" text collate "C" not null check (length("received_currency") = 3),
  "perpetual_received" bigint not null,
  "perpetual_received_currency" text collate "C" not null check (length("perpetual_received_currency") = 3),
  "audit_size" bigint not null,
  "audit_root" text collate "C" check (length("audit_root") <= 200),
  "previous" text collate "C" not null check (length("previous") <= 200),
  "hash" text collate "C" not null check (length("hash") <= 200),
  primary key (company, id)
);
create unique index "closings_key_rank" on "closings" (company, "rank");
create index "closings_by_ends_on" on "closings" (company, "ends_on", id);
create unique index "closings_key_kind_ends_on" on "closings" (company, "kind", "ends_on");

create table "closing_totals" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "closing" bytea not null,
  "topic" text collate "C" not null check ("topic" in ('invoices', 'credit_notes', 'deductions', 'vat', 'payments', 'undone', 'entries')),
  "name" text collate "C" not null check (length("name") <= 200),
  "documents" bigint not null,
  "first_number" text collate "C" check (length("first_number") <= 200),
  "last_number" text collate "C" check (length("last_number") <= 200),
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "tax" bigint not null,
  "tax_currency" text collate "C" not null check (length("tax_currency") = 3),
  "total" bigint not null,
  "total_currency" text collate "C" not null check (length("total_currency") = 3),
  "year_total" bigint not null,
  "year_total_currency" text collate "C" not null check (length("year_total_currency") = 3),
  "perpetual_total" bigint not null,
  "perpetual_total_currency" text collate "C" not null check (length("perpetual_total_currency") = 3),
  primary key (company, id),
  foreign key (company, "closing") references "closings" (company, id)
);
create index "closing_totals_by_closing" on "closing_totals" (company, "closing", id);

create table "sealed_documents" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "rank" bigint not null,
  "closing" bytea not null,
  "about" text collate "C" not null,
  "number" text collate "C" not null check (length("number") <= 200),
  "hash" text collate "C" not null check (length("hash") <= 200),
  "link" text collate "C" not null check (length("link") <= 200),
  primary key (company, id),
  foreign key (company, "closing") references "closings" (company, id)
);
create unique index "sealed_documents_key_rank" on "sealed_documents" (company, "rank");
create unique index "sealed_documents_key_about" on "sealed_documents" (company, "about");
create index "sealed_documents_by_closing_rank" on "sealed_documents" (company, "closing", "rank", id);

-- What was posted on a day is found by it.
create index "journal_entries_by_posted_at" on "journal_entries" (company, "posted_at", id);

-- A closing, its totals and the documents that it sealed never change.
create function closing_guard() returns trigger language plpgsql as $$
begin
  raise exception 'closing.kept';
end $$;
create trigger closing_guard before update or delete on closings
for each row execute function closing_guard();
create trigger closing_total_guard before update or delete on closing_totals
for each row execute function closing_guard();
create trigger sealed_document_guard before update or delete on sealed_documents
for each row execute function closing_guard();
