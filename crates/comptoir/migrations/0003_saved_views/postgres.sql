-- Saved views: the address of a list, kept under a name by one person, for one or for all.
create table "saved_views" (
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
  "audience" text collate "C" not null check ("audience" in ('private', 'team', 'everyone')),
  "role" text collate "C" check (length("role") <= 200),
  "pinned" bigint not null check ("pinned" in (0, 1)),
  "owner" bytea not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
);
create index "saved_views_by_owner" on "saved_views" (company, "owner", id);
create index "saved_views_by_entity_owner" on "saved_views" (company, "entity", "owner", id);
