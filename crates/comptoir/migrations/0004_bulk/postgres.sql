-- Many records changed at once: the job, the records it is about, those that were refused.
create table "bulk_jobs" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "entity" text collate "C" not null check (length("entity") <= 200),
  "deed" text collate "C" not null check ("deed" in ('set', 'delete', 'act', 'take_back')),
  "content" text collate "C" not null,
  "takes_back" bytea,
  "state" text collate "C" not null check ("state" in ('waiting', 'running', 'done', 'stopped')),
  "total" bigint not null,
  "done" bigint not null,
  "refused" bigint not null,
  "place" bigint not null,
  "within" bigint not null,
  "stopped" text collate "C" check (length("stopped") <= 200),
  primary key (company, id),
  foreign key (company, "takes_back") references "bulk_jobs" (company, id)
);
create index "bulk_jobs_by_takes_back" on "bulk_jobs" (company, "takes_back", id);
create index "bulk_jobs_by_state" on "bulk_jobs" (company, "state", id);

create table "bulk_parts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "job" bytea not null,
  "first" bigint not null,
  "ids" text collate "C" not null,
  primary key (company, id),
  foreign key (company, "job") references "bulk_jobs" (company, id)
);
create unique index "bulk_parts_key_job_first" on "bulk_parts" (company, "job", "first");

create table "bulk_refusals" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "job" bytea not null,
  "about" text collate "C" not null,
  "name" text collate "C" not null,
  "reason_fr" text collate "C" not null,
  "reason_en" text collate "C" not null,
  primary key (company, id),
  foreign key (company, "job") references "bulk_jobs" (company, id)
);
create index "bulk_refusals_by_job" on "bulk_refusals" (company, "job", id);

-- The transaction of each line of the audit: with its time and its author it tells the lines of one
-- command from those of another that ran at the same moment. Older lines go by the latter alone.
alter table audit add column xid xid8;
alter table audit alter column xid set default pg_current_xact_id();
