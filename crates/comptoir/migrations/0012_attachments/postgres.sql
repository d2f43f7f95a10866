-- Files attached to records: their bytes lie in parts beside them.
create table file_chunk (company bigint not null, file bytea not null, rank bigint not null, bytes bytea not null);
create unique index file_chunk_by_file on file_chunk (company, file, rank);

create table "attachments" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "about" text collate "C" not null,
  "name" text collate "C" not null check (length("name") <= 200),
  "kind" text collate "C" not null check ("kind" in ('pdf', 'png', 'jpeg', 'webp', 'gif', 'office', 'zip', 'csv', 'plain_text', 'other')),
  "size" bigint not null,
  "parts" bigint not null,
  "author" text collate "C" check (length("author") <= 200),
  primary key (company, id)
);
create index "attachments_by_about" on "attachments" (company, "about", id);

-- The page of a customer walks along these, however many documents the customer has.
create index "orders_by_party_stage" on "orders" (company, "party", "stage", id);
drop index "invoices_by_party_state";
create index "invoices_by_party_state_issued_on" on "invoices" (company, "party", "state", "issued_on", id);
create index "invoices_by_party_state_open" on "invoices" (company, "party", "state", "open", id);
create index "invoices_by_party_kind" on "invoices" (company, "party", "kind", id);
