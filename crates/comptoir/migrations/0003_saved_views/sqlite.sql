-- Saved views: the address of a list, kept under a name by one person, for one or for all.
create table "saved_views" (
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
  "audience" text not null check ("audience" in ('private', 'team', 'everyone')),
  "role" text check (length("role") <= 200),
  "pinned" integer not null check ("pinned" in (0, 1)),
  "owner" blob not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
) strict, without rowid;
create index "saved_views_by_owner" on "saved_views" (company, "owner", id);
create index "saved_views_by_entity_owner" on "saved_views" (company, "entity", "owner", id);

insert into sqlite_stat1 values ('saved_views', 'saved_views', '1000000 1000000 1');
insert into sqlite_stat1 values ('saved_views', 'saved_views_by_owner', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('saved_views', 'saved_views_by_entity_owner', '1000000 1000000 16 4 1');
analyze sqlite_schema;
