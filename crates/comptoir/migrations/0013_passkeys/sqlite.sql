-- Passkeys, and a proof that is one; providers of OpenID Connect, and whose their accounts are. What
-- may be shown at the sign-in, and asked of a role, is named in checks: SQLite changes one by
-- making its table anew.
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
  "strength" text not null check ("strength" in ('password', 'second_factor', 'passkey')),
  "address" text check (length("address") <= 200),
  "browser" text check (length("browser") <= 200),
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
insert into "sessions_anew" (company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "token_hash", "expires_at", "last_seen", "proved_at", "strength", "address", "browser")
  select company, id, version, created_at, created_by, updated_at, updated_by, extra, "user", "token_hash", "expires_at", "last_seen", "proved_at", "strength", "address", "browser" from "sessions";
drop table "sessions";
alter table "sessions_anew" rename to "sessions";
create index "sessions_by_user" on "sessions" (company, "user", id);
create unique index "sessions_key_token_hash" on "sessions" (company, "token_hash");

create table "sign_in_policies_anew" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "role" text not null check (length("role") <= 200),
  "asks" text not null check ("asks" in ('password', 'second_factor', 'passkey')),
  primary key (company, id)
) strict, without rowid;
insert into "sign_in_policies_anew" (company, id, version, created_at, created_by, updated_at, updated_by, extra, "role", "asks")
  select company, id, version, created_at, created_by, updated_at, updated_by, extra, "role", "asks" from "sign_in_policies";
drop table "sign_in_policies";
alter table "sign_in_policies_anew" rename to "sign_in_policies";
create unique index "sign_in_policies_key_role" on "sign_in_policies" (company, "role");


create table "passkeys" (
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
  "credential_hash" text not null check (length("credential_hash") <= 200),
  "credential" text not null check (length("credential") <= 20000),
  "counter" integer not null,
  "last_used" integer,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "passkeys_by_user" on "passkeys" (company, "user", id);
create unique index "passkeys_key_credential_hash" on "passkeys" (company, "credential_hash");

create table "identity_providers" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "name" text not null check (length("name") <= 200),
  "issuer" text not null check (length("issuer") <= 200),
  "client_id" text not null check (length("client_id") <= 200),
  "client_secret" text not null check (length("client_secret") <= 200),
  "only" integer not null check ("only" in (0, 1)),
  "active" integer not null check ("active" in (0, 1)),
  primary key (company, id)
) strict, without rowid;
create unique index "identity_providers_key_issuer" on "identity_providers" (company, "issuer");

create table "linked_accounts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "provider" blob not null,
  "account_hash" text not null check (length("account_hash") <= 200),
  "subject" text not null check (length("subject") <= 20000),
  "called" text not null check (length("called") <= 200),
  "last_used" integer,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id),
  foreign key (company, "provider") references "identity_providers" (company, id)
) strict, without rowid;
create index "linked_accounts_by_user" on "linked_accounts" (company, "user", id);
create index "linked_accounts_by_provider" on "linked_accounts" (company, "provider", id);
create unique index "linked_accounts_key_account_hash" on "linked_accounts" (company, "account_hash");
