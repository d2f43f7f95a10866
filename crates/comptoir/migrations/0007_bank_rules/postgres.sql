-- What a person taught about bank lines: the account of the next ones that read the same; and the
-- tiles of the dashboards.
create table "bank_rules" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "contains" text collate "C" not null check (length("contains") <= 200),
  "way" text collate "C" not null check ("way" in ('out', 'in')),
  "account" bytea not null,
  "tax" bytea,
  "label" text collate "C" check (length("label") <= 200),
  "automatic" bigint not null check ("automatic" in (0, 1)),
  "suspended" bigint not null check ("suspended" in (0, 1)),
  "used" bigint not null,
  primary key (company, id),
  foreign key (company, "account") references "accounts" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
);
create unique index "bank_rules_key_contains_way" on "bank_rules" (company, "contains", "way");

create table "tiles" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "entity" text collate "C" not null check (length("entity") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "parameters" text collate "C",
  "measure" text collate "C" not null check ("measure" in ('count', 'sum', 'average')),
  "field" text collate "C" check (length("field") <= 200),
  "wide" bigint not null check ("wide" in (0, 1)),
  "rank" bigint not null,
  "audience" text collate "C" not null check ("audience" in ('private', 'everyone')),
  "owner" bytea not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
);
create index "tiles_by_owner" on "tiles" (company, "owner", id);
