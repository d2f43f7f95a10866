-- Working together: a line of the timeline may be about a record of no partner, a task has someone
-- who is to do it; what people follow, and what they are told.
alter table "interactions" alter column "party" drop not null;
alter table "interactions" add column "assignee" text collate "C";
-- A task was its author's: it stays so.
update "interactions" set "assignee" = (
  select 'user/' || substr(own.hex, 1, 8) || '-' || substr(own.hex, 9, 4) || '-' || substr(own.hex, 13, 4) || '-' || substr(own.hex, 17, 4) || '-' || substr(own.hex, 21, 12)
  from (select encode(u.id, 'hex') as hex from "users" u
    where u.company = "interactions".company and u."name" = "interactions"."author"
    order by u.id limit 1) own
) where "kind" = 'task';
create index "interactions_by_assignee_done_due_on" on "interactions" (company, "assignee", "done", "due_on", id);

create table "follows" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "about" text collate "C" not null,
  "owner" bytea not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
);
create index "follows_by_owner" on "follows" (company, "owner", id);
create unique index "follows_key_about_owner" on "follows" (company, "about", "owner");

create table "notifications" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "about" text collate "C" not null,
  "why" text collate "C" not null check ("why" in ('mentioned', 'assigned', 'changed', 'due', 'held')),
  "who" text collate "C" not null check (length("who") <= 200),
  "what" text collate "C" not null check (length("what") <= 200),
  "times" bigint not null,
  "at" bigint not null,
  "read_at" bigint,
  "line" bigint not null,
  "owner" bytea not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
);
create index "notifications_by_owner_read_at" on "notifications" (company, "owner", "read_at", id);
create index "notifications_by_owner_at" on "notifications" (company, "owner", "at", id);
create index "notifications_by_about_owner" on "notifications" (company, "about", "owner", id);
