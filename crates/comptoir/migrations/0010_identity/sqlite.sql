-- Identity: a second factor and codes on paper, the question between the password and it, what each
-- role must show, links for a new password; sessions know from where they came and how well,
-- tokens how far they reach.
create table "sessions_anew" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "token_hash" text not null check (length("token_hash") <= 200),
  "expires_at" integer not null,
  "last_seen" integer not null,
  "proved_at" integer not null,
  "strength" text not null check ("strength" in ('password', 'second_factor')),
  "address" text check (length("address") <= 200),
  "browser" text check (length("browser") <= 200),
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
-- Whoever is in stays in, and is asked again before the next weighty act.
insert into "sessions_anew" (company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "token_hash", "expires_at", "last_seen", "proved_at", "strength")
  select company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "token_hash", "expires_at", "last_seen", created_at, 'password' from "sessions";
drop table "sessions";
alter table "sessions_anew" rename to "sessions";
create index "sessions_by_user" on "sessions" (company, "user", id);
create unique index "sessions_key_token_hash" on "sessions" (company, "token_hash");

create table "api_tokens_anew" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "name" text not null check (length("name") <= 200),
  "token_hash" text not null check (length("token_hash") <= 200),
  "expires_at" integer,
  "scope" text not null check ("scope" in ('all', 'read')),
  "last_used" integer,
  "client" blob,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id),
  foreign key (company, "client") references "api_tokens" (company, id)
) strict, without rowid;
insert into "api_tokens_anew" (company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "name", "token_hash", "expires_at", "scope")
  select company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "name", "token_hash", "expires_at", 'all' from "api_tokens";
drop table "api_tokens";
alter table "api_tokens_anew" rename to "api_tokens";
create index "api_tokens_by_user" on "api_tokens" (company, "user", id);
create index "api_tokens_by_client" on "api_tokens" (company, "client", id);
create unique index "api_tokens_key_token_hash" on "api_tokens" (company, "token_hash");

create table "second_factors" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "secret" text not null check (length("secret") <= 200),
  "confirmed_at" integer,
  "last_step" integer not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create unique index "second_factors_key_user" on "second_factors" (company, "user");

create table "recovery_codes" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "code_hash" text not null check (length("code_hash") <= 200),
  "used_at" integer,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "recovery_codes_by_user" on "recovery_codes" (company, "user", id);

create table "pending_sign_ins" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "token_hash" text not null check (length("token_hash") <= 200),
  "expires_at" integer not null,
  "misses" integer not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "pending_sign_ins_by_user" on "pending_sign_ins" (company, "user", id);
create unique index "pending_sign_ins_key_token_hash" on "pending_sign_ins" (company, "token_hash");

create table "sign_in_policies" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "role" text not null check (length("role") <= 200),
  "asks" text not null check ("asks" in ('password', 'second_factor')),
  primary key (company, id)
) strict, without rowid;
create unique index "sign_in_policies_key_role" on "sign_in_policies" (company, "role");

create table "service_identities" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create unique index "service_identities_key_user" on "service_identities" (company, "user");

create table "sign_in_links" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "purpose" text not null check ("purpose" in ('invitation', 'reset')),
  "origin" text not null check (length("origin") <= 200),
  "token_hash" text check (length("token_hash") <= 200),
  "expires_at" integer not null,
  "used_at" integer,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "sign_in_links_by_user" on "sign_in_links" (company, "user", id);
create unique index "sign_in_links_key_token_hash" on "sign_in_links" (company, "token_hash");

delete from sqlite_stat1 where tbl in ('sessions', 'api_tokens', 'second_factors', 'recovery_codes', 'pending_sign_ins', 'sign_in_policies', 'service_identities', 'sign_in_links');
insert into sqlite_stat1 values ('sessions', 'sessions', '1000000 1000000 1');
insert into sqlite_stat1 values ('sessions', 'sessions_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('sessions', 'sessions_key_token_hash', '1000000 1000000 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens', '1000000 1000000 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens_by_client', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens_key_token_hash', '1000000 1000000 1');
insert into sqlite_stat1 values ('second_factors', 'second_factors', '1000000 1000000 1');
insert into sqlite_stat1 values ('second_factors', 'second_factors_key_user', '1000000 1000000 1');
insert into sqlite_stat1 values ('recovery_codes', 'recovery_codes', '1000000 1000000 1');
insert into sqlite_stat1 values ('recovery_codes', 'recovery_codes_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('pending_sign_ins', 'pending_sign_ins', '1000000 1000000 1');
insert into sqlite_stat1 values ('pending_sign_ins', 'pending_sign_ins_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('pending_sign_ins', 'pending_sign_ins_key_token_hash', '1000000 1000000 1');
insert into sqlite_stat1 values ('sign_in_policies', 'sign_in_policies', '1000000 1000000 1');
insert into sqlite_stat1 values ('sign_in_policies', 'sign_in_policies_key_role', '1000000 1000000 1');
insert into sqlite_stat1 values ('service_identities', 'service_identities', '1000000 1000000 1');
insert into sqlite_stat1 values ('service_identities', 'service_identities_key_user', '1000000 1000000 1');
insert into sqlite_stat1 values ('sign_in_links', 'sign_in_links', '1000000 1000000 1');
insert into sqlite_stat1 values ('sign_in_links', 'sign_in_links_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('sign_in_links', 'sign_in_links_key_token_hash', '1000000 1000000 1');
analyze sqlite_schema;
