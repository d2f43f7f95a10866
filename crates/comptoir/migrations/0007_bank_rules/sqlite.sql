-- What a person taught about bank lines: the account of the next ones that read the same; and the
-- tiles of the dashboards.
create table "bank_rules" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "contains" text not null check (length("contains") <= 200),
  "way" text not null check ("way" in ('out', 'in')),
  "account" blob not null,
  "tax" blob,
  "label" text check (length("label") <= 200),
  "automatic" integer not null check ("automatic" in (0, 1)),
  "suspended" integer not null check ("suspended" in (0, 1)),
  "used" integer not null,
  primary key (company, id),
  foreign key (company, "account") references "accounts" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
) strict, without rowid;
create unique index "bank_rules_key_contains_way" on "bank_rules" (company, "contains", "way");

create table "tiles" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "entity" text not null check (length("entity") <= 200),
  "name" text not null check (length("name") <= 200),
  "parameters" text,
  "measure" text not null check ("measure" in ('count', 'sum', 'average')),
  "field" text check (length("field") <= 200),
  "wide" integer not null check ("wide" in (0, 1)),
  "rank" integer not null,
  "audience" text not null check ("audience" in ('private', 'everyone')),
  "owner" blob not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
) strict, without rowid;
create index "tiles_by_owner" on "tiles" (company, "owner", id);

insert into sqlite_stat1 values ('bank_rules', 'bank_rules', '1000000 1000000 1');
insert into sqlite_stat1 values ('bank_rules', 'bank_rules_key_contains_way', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('tiles', 'tiles', '1000000 1000000 1');
insert into sqlite_stat1 values ('tiles', 'tiles_by_owner', '1000000 1000000 16 1');
analyze sqlite_schema;
