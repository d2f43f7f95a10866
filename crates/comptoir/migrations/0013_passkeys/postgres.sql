-- Passkeys, and a proof that is one; providers of OpenID Connect, and whose their accounts are. What
-- may be shown at the sign-in, and asked of a role, is named in checks.
alter table "sessions" drop constraint "sessions_strength_check";
alter table "sessions" add constraint "sessions_strength_check" check ("strength" in ('password', 'second_factor', 'passkey'));
alter table "sign_in_policies" drop constraint "sign_in_policies_asks_check";
alter table "sign_in_policies" add constraint "sign_in_policies_asks_check" check ("asks" in ('password', 'second_factor', 'passkey'));

create table "passkeys" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "name" text collate "C" not null check (length("name") <= 200),
  "credential_hash" text collate "C" not null check (length("credential_hash") <= 200),
  "credential" text collate "C" not null check (length("credential") <= 20000),
  "counter" bigint not null,
  "last_used" bigint,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "passkeys_by_user" on "passkeys" (company, "user", id);
create unique index "passkeys_key_credential_hash" on "passkeys" (company, "credential_hash");

create table "identity_providers" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "name" text collate "C" not null check (length("name") <= 200),
  "issuer" text collate "C" not null check (length("issuer") <= 200),
  "client_id" text collate "C" not null check (length("client_id") <= 200),
  "client_secret" text collate "C" not null check (length("client_secret") <= 200),
  "only" bigint not null check ("only" in (0, 1)),
  "active" bigint not null check ("active" in (0, 1)),
  primary key (company, id)
);
create unique index "identity_providers_key_issuer" on "identity_providers" (company, "issuer");

create table "linked_accounts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "provider" bytea not null,
  "account_hash" text collate "C" not null check (length("account_hash") <= 200),
  "subject" text collate "C" not null check (length("subject") <= 20000),
  "called" text collate "C" not null check (length("called") <= 200),
  "last_used" bigint,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id),
  foreign key (company, "provider") references "identity_providers" (company, id)
);
create index "linked_accounts_by_user" on "linked_accounts" (company, "user", id);
create index "linked_accounts_by_provider" on "linked_accounts" (company, "provider", id);
create unique index "linked_accounts_key_account_hash" on "linked_accounts" (company, "account_hash");
