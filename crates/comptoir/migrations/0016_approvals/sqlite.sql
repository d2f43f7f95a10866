-- What takes two persons: requests, and what the company asks a second person for. A change of
-- rights that waited is asked for again: it did not say which rules it was made from.
drop table "rights_changes";

create table "approvals" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "kind" text not null check ("kind" in ('payment', 'bank_account', 'rights')),
  "right" text not null check (length("right") <= 200),
  "about" text,
  "amount" integer,
  "amount_currency" text check (length("amount_currency") = 3),
  "state" text not null check ("state" in ('pending', 'approved', 'refused', 'withdrawn', 'expired')),
  "asked_by" blob not null,
  "asked_at" integer not null,
  "decided_by" blob,
  "decided_at" integer,
  "refusal" text check (length("refusal") <= 200),
  "wish" text not null,
  primary key (company, id),
  foreign key (company, "asked_by") references "users" (company, id),
  foreign key (company, "decided_by") references "users" (company, id)
) strict, without rowid;
create index "approvals_by_about" on "approvals" (company, "about", id);
create index "approvals_by_state" on "approvals" (company, "state", id);
create index "approvals_by_asked_by" on "approvals" (company, "asked_by", id);

create table "approval_rules" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "kind" text not null check ("kind" in ('payment', 'bank_account', 'rights')),
  "asks" integer not null check ("asks" in (0, 1)),
  "above" integer,
  "above_currency" text check (length("above_currency") = 3),
  primary key (company, id)
) strict, without rowid;
create unique index "approval_rules_key_kind" on "approval_rules" (company, "kind");

alter table "api_tokens" add column "rights" text;

delete from sqlite_stat1 where tbl = 'rights_changes';
insert into sqlite_stat1 values ('approvals', 'approvals', '1000000 1000000 1');
insert into sqlite_stat1 values ('approvals', 'approvals_by_about', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('approvals', 'approvals_by_state', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('approvals', 'approvals_by_asked_by', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('approval_rules', 'approval_rules', '1000000 1000000 1');
insert into sqlite_stat1 values ('approval_rules', 'approval_rules_key_kind', '1000000 1000000 1');
analyze sqlite_schema;
