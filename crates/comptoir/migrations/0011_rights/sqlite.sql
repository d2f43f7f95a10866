-- Roles as data, the further roles of people, teams, whose a partner is, and the ready roles that
-- were not there: those of the users stay what they are.
create table "access_roles" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "name" text not null check (length("name") <= 200),
  "key" text check (length("key") <= 200),
  "description" text check (length("description") <= 200),
  "rules" text not null,
  "active" integer not null check ("active" in (0, 1)),
  primary key (company, id)
) strict, without rowid;
create unique index "access_roles_key_name" on "access_roles" (company, "name");
create unique index "access_roles_key_key" on "access_roles" (company, "key");

create table "user_roles" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "role" blob not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id),
  foreign key (company, "role") references "access_roles" (company, id)
) strict, without rowid;
create index "user_roles_by_user" on "user_roles" (company, "user", id);
create index "user_roles_by_role" on "user_roles" (company, "role", id);
create unique index "user_roles_key_user_role" on "user_roles" (company, "user", "role");

create table "teams" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "name" text not null check (length("name") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "teams_key_name" on "teams" (company, "name");

create table "team_members" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "team" blob not null,
  "user" blob not null,
  primary key (company, id),
  foreign key (company, "team") references "teams" (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "team_members_by_team" on "team_members" (company, "team", id);
create index "team_members_by_user" on "team_members" (company, "user", id);
create unique index "team_members_key_team_user" on "team_members" (company, "team", "user");

create table "rights_changes" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "role" blob not null,
  "rules" text not null,
  "state" text not null check ("state" in ('waiting', 'applied', 'refused')),
  "proposed_by" blob not null,
  "decided_by" blob,
  primary key (company, id),
  foreign key (company, "role") references "access_roles" (company, id),
  foreign key (company, "proposed_by") references "users" (company, id),
  foreign key (company, "decided_by") references "users" (company, id)
) strict, without rowid;
create index "rights_changes_by_role" on "rights_changes" (company, "role", id);

alter table "parties" add column "responsible" text;
create index "parties_by_responsible" on "parties" (company, "responsible", id);

alter table "users" add column "role_anew" text not null default 'custom' check ("role_anew" in ('seller', 'accountant', 'warehouse', 'owner', 'sales_manager', 'buyer', 'production', 'accounting_firm', 'human_resources', 'support', 'marketing', 'auditor', 'integrator', 'custom'));
update "users" set "role_anew" = "role";
alter table "users" drop column "role";
alter table "users" rename column "role_anew" to "role";

insert into sqlite_stat1 values ('access_roles', 'access_roles', '1000000 1000000 1');
insert into sqlite_stat1 values ('user_roles', 'user_roles', '1000000 1000000 1');
insert into sqlite_stat1 values ('teams', 'teams', '1000000 1000000 1');
insert into sqlite_stat1 values ('team_members', 'team_members', '1000000 1000000 1');
insert into sqlite_stat1 values ('rights_changes', 'rights_changes', '1000000 1000000 1');
insert into sqlite_stat1 values ('access_roles', 'access_roles_key_name', '1000000 1000000 1');
insert into sqlite_stat1 values ('access_roles', 'access_roles_key_key', '1000000 1000000 1');
insert into sqlite_stat1 values ('user_roles', 'user_roles_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('user_roles', 'user_roles_by_role', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('user_roles', 'user_roles_key_user_role', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('teams', 'teams_key_name', '1000000 1000000 1');
insert into sqlite_stat1 values ('team_members', 'team_members_by_team', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('team_members', 'team_members_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('team_members', 'team_members_key_team_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('rights_changes', 'rights_changes_by_role', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('parties', 'parties_by_responsible', '1000000 1000000 16 1');
analyze sqlite_schema;
