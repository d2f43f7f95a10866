-- Identity: a second factor and codes on paper, the question between the password and it, what each
-- role must show, links for a new password; sessions know from where they came and how well,
-- tokens how far they reach.
alter table "sessions" add column "proved_at" bigint;
alter table "sessions" add column "strength" text collate "C" check ("strength" in ('password', 'second_factor'));
alter table "sessions" add column "address" text collate "C" check (length("address") <= 200);
alter table "sessions" add column "browser" text collate "C" check (length("browser") <= 200);
-- Whoever is in stays in, and is asked again before the next weighty act.
update "sessions" set "proved_at" = created_at, "strength" = 'password';
alter table "sessions" alter column "proved_at" set not null;
alter table "sessions" alter column "strength" set not null;

alter table "api_tokens" add column "scope" text collate "C" check ("scope" in ('all', 'read'));
alter table "api_tokens" add column "last_used" bigint;
alter table "api_tokens" add column "client" bytea;
update "api_tokens" set "scope" = 'all';
alter table "api_tokens" alter column "scope" set not null;
alter table "api_tokens" add foreign key (company, "client") references "api_tokens" (company, id);
create index "api_tokens_by_client" on "api_tokens" (company, "client", id);

create table "second_factors" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "secret" text collate "C" not null check (length("secret") <= 200),
  "confirmed_at" bigint,
  "last_step" bigint not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create unique index "second_factors_key_user" on "second_factors" (company, "user");

create table "recovery_codes" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "code_hash" text collate "C" not null check (length("code_hash") <= 200),
  "used_at" bigint,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "recovery_codes_by_user" on "recovery_codes" (company, "user", id);

create table "pending_sign_ins" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "token_hash" text collate "C" not null check (length("token_hash") <= 200),
  "expires_at" bigint not null,
  "misses" bigint not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "pending_sign_ins_by_user" on "pending_sign_ins" (company, "user", id);
create unique index "pending_sign_ins_key_token_hash" on "pending_sign_ins" (company, "token_hash");

create table "sign_in_policies" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "role" text collate "C" not null check (length("role") <= 200),
  "asks" text collate "C" not null check ("asks" in ('password', 'second_factor')),
  primary key (company, id)
);
create unique index "sign_in_policies_key_role" on "sign_in_policies" (company, "role");

create table "service_identities" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create unique index "service_identities_key_user" on "service_identities" (company, "user");

create table "sign_in_links" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "purpose" text collate "C" not null check ("purpose" in ('invitation', 'reset')),
  "origin" text collate "C" not null check (length("origin") <= 200),
  "token_hash" text collate "C" check (length("token_hash") <= 200),
  "expires_at" bigint not null,
  "used_at" bigint,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "sign_in_links_by_user" on "sign_in_links" (company, "user", id);
create unique index "sign_in_links_key_token_hash" on "sign_in_links" (company, "token_hash");
