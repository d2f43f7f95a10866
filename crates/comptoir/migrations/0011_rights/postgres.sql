-- Roles as data, the further roles of people, teams, whose a partner is, and the ready roles that
-- were not there: those of the users stay what they are.
create table "access_roles" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "name" text collate "C" not null check (length("name") <= 200),
  "key" text collate "C" check (length("key") <= 200),
  "description" text collate "C" check (length("description") <= 200),
  "rules" text collate "C" not null,
  "active" bigint not null check ("active" in (0, 1)),
  primary key (company, id)
);
create unique index "access_roles_key_name" on "access_roles" (company, "name");
create unique index "access_roles_key_key" on "access_roles" (company, "key");

create table "user_roles" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "role" bytea not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id),
  foreign key (company, "role") references "access_roles" (company, id)
);
create index "user_roles_by_user" on "user_roles" (company, "user", id);
create index "user_roles_by_role" on "user_roles" (company, "role", id);
create unique index "user_roles_key_user_role" on "user_roles" (company, "user", "role");

create table "teams" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "name" text collate "C" not null check (length("name") <= 200),
  primary key (company, id)
);
create unique index "teams_key_name" on "teams" (company, "name");

create table "team_members" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "team" bytea not null,
  "user" bytea not null,
  primary key (company, id),
  foreign key (company, "team") references "teams" (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "team_members_by_team" on "team_members" (company, "team", id);
create index "team_members_by_user" on "team_members" (company, "user", id);
create unique index "team_members_key_team_user" on "team_members" (company, "team", "user");

create table "rights_changes" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "role" bytea not null,
  "rules" text collate "C" not null,
  "state" text collate "C" not null check ("state" in ('waiting', 'applied', 'refused')),
  "proposed_by" bytea not null,
  "decided_by" bytea,
  primary key (company, id),
  foreign key (company, "role") references "access_roles" (company, id),
  foreign key (company, "proposed_by") references "users" (company, id),
  foreign key (company, "decided_by") references "users" (company, id)
);
create index "rights_changes_by_role" on "rights_changes" (company, "role", id);

alter table "parties" add column "responsible" text collate "C";
create index "parties_by_responsible" on "parties" (company, "responsible", id);

alter table "users" drop constraint "users_role_check";
alter table "users" add constraint "users_role_check" check ("role" in ('seller', 'accountant', 'warehouse', 'owner', 'sales_manager', 'buyer', 'production', 'accounting_firm', 'human_resources', 'support', 'marketing', 'auditor', 'integrator', 'custom'));
