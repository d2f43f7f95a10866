-- Working together: a line of the timeline may be about a record of no partner, a task has someone
-- who is to do it; what people follow, and what they are told.
create table "interactions_anew" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "party" blob,
  "about" text,
  "kind" text not null check ("kind" in ('note', 'call', 'mail', 'task', 'fact')),
  "at" integer not null,
  "subject" text not null check (length("subject") <= 200),
  "body" text,
  "due_on" integer,
  "done" integer not null check ("done" in (0, 1)),
  "assignee" text,
  "author" text check (length("author") <= 200),
  "code" text check (length("code") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
insert into "interactions_anew" (company, id, version, created_at, created_by, updated_at, updated_by, extra, "party", "about", "kind", "at", "subject", "body", "due_on", "done", "author", "code")
  select company, id, version, created_at, created_by, updated_at, updated_by, extra, "party", "about", "kind", "at", "subject", "body", "due_on", "done", "author", "code" from "interactions";
drop table "interactions";
alter table "interactions_anew" rename to "interactions";
-- A task was its author's: it stays so.
update "interactions" set "assignee" = (
  select 'user/' || substr(own.hex, 1, 8) || '-' || substr(own.hex, 9, 4) || '-' || substr(own.hex, 13, 4) || '-' || substr(own.hex, 17, 4) || '-' || substr(own.hex, 21, 12)
  from (select lower(hex(u.id)) as hex from "users" u
    where u.company = "interactions".company and u."name" = "interactions"."author"
    order by u.id limit 1) own
) where "kind" = 'task';
create index "interactions_by_about" on "interactions" (company, "about", id);
create index "interactions_by_party_at" on "interactions" (company, "party", "at", id);
create index "interactions_by_done_due_on" on "interactions" (company, "done", "due_on", id);
create index "interactions_by_assignee_done_due_on" on "interactions" (company, "assignee", "done", "due_on", id);

create table "follows" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "about" text not null,
  "owner" blob not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
) strict, without rowid;
create index "follows_by_owner" on "follows" (company, "owner", id);
create unique index "follows_key_about_owner" on "follows" (company, "about", "owner");

create table "notifications" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "about" text not null,
  "why" text not null check ("why" in ('mentioned', 'assigned', 'changed', 'due', 'held')),
  "who" text not null check (length("who") <= 200),
  "what" text not null check (length("what") <= 200),
  "times" integer not null,
  "at" integer not null,
  "read_at" integer,
  "line" integer not null,
  "owner" blob not null,
  primary key (company, id),
  foreign key (company, "owner") references "users" (company, id)
) strict, without rowid;
create index "notifications_by_owner_read_at" on "notifications" (company, "owner", "read_at", id);
create index "notifications_by_owner_at" on "notifications" (company, "owner", "at", id);
create index "notifications_by_about_owner" on "notifications" (company, "about", "owner", id);

delete from sqlite_stat1 where tbl in ('interactions', 'follows', 'notifications');
insert into sqlite_stat1 values ('interactions', 'interactions', '1000000 1000000 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_about', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_party_at', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_done_due_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_assignee_done_due_on', '1000000 1000000 16 4 4 1');
insert into sqlite_stat1 values ('follows', 'follows', '1000000 1000000 1');
insert into sqlite_stat1 values ('follows', 'follows_by_owner', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('follows', 'follows_key_about_owner', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('notifications', 'notifications', '1000000 1000000 1');
insert into sqlite_stat1 values ('notifications', 'notifications_by_owner_read_at', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('notifications', 'notifications_by_owner_at', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('notifications', 'notifications_by_about_owner', '1000000 1000000 16 4 1');
analyze sqlite_schema;
