-- What takes two persons: requests, and what the company asks a second person for. A change of
-- rights that waited is asked for again: it did not say which rules it was made from.
drop table "rights_changes";

create table "approvals" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "kind" text collate "C" not null check ("kind" in ('payment', 'bank_account', 'rights')),
  "right" text collate "C" not null check (length("right") <= 200),
  "about" text collate "C",
  "amount" bigint,
  "amount_currency" text collate "C" check (length("amount_currency") = 3),
  "state" text collate "C" not null check ("state" in ('pending', 'approved', 'refused', 'withdrawn', 'expired')),
  "asked_by" bytea not null,
  "asked_at" bigint not null,
  "decided_by" bytea,
  "decided_at" bigint,
  "refusal" text collate "C" check (length("refusal") <= 200),
  "wish" text collate "C" not null,
  primary key (company, id),
  foreign key (company, "asked_by") references "users" (company, id),
  foreign key (company, "decided_by") references "users" (company, id)
);
create index "approvals_by_about" on "approvals" (company, "about", id);
create index "approvals_by_state" on "approvals" (company, "state", id);
create index "approvals_by_asked_by" on "approvals" (company, "asked_by", id);

create table "approval_rules" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "kind" text collate "C" not null check ("kind" in ('payment', 'bank_account', 'rights')),
  "asks" bigint not null check ("asks" in (0, 1)),
  "above" bigint,
  "above_currency" text collate "C" check (length("above_currency") = 3),
  primary key (company, id)
);
create unique index "approval_rules_key_kind" on "approval_rules" (company, "kind");

alter table "api_tokens" add column "rights" text collate "C";
