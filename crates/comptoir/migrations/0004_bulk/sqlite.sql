-- Many records changed at once: the job, the records it is about, those that were refused.
create table "bulk_jobs" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "entity" text not null check (length("entity") <= 200),
  "deed" text not null check ("deed" in ('set', 'delete', 'act', 'take_back')),
  "content" text not null,
  "takes_back" blob,
  "state" text not null check ("state" in ('waiting', 'running', 'done', 'stopped')),
  "total" integer not null,
  "done" integer not null,
  "refused" integer not null,
  "place" integer not null,
  "within" integer not null,
  "stopped" text check (length("stopped") <= 200),
  primary key (company, id),
  foreign key (company, "takes_back") references "bulk_jobs" (company, id)
) strict, without rowid;
create index "bulk_jobs_by_takes_back" on "bulk_jobs" (company, "takes_back", id);
create index "bulk_jobs_by_state" on "bulk_jobs" (company, "state", id);

create table "bulk_parts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "job" blob not null,
  "first" integer not null,
  "ids" text not null,
  primary key (company, id),
  foreign key (company, "job") references "bulk_jobs" (company, id)
) strict, without rowid;
create unique index "bulk_parts_key_job_first" on "bulk_parts" (company, "job", "first");

create table "bulk_refusals" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "job" blob not null,
  "about" text not null,
  "name" text not null,
  "reason_fr" text not null,
  "reason_en" text not null,
  primary key (company, id),
  foreign key (company, "job") references "bulk_jobs" (company, id)
) strict, without rowid;
create index "bulk_refusals_by_job" on "bulk_refusals" (company, "job", id);

insert into sqlite_stat1 values ('bulk_jobs', 'bulk_jobs', '1000000 1000000 1');
insert into sqlite_stat1 values ('bulk_jobs', 'bulk_jobs_by_takes_back', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bulk_jobs', 'bulk_jobs_by_state', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('bulk_parts', 'bulk_parts', '1000000 1000000 1');
insert into sqlite_stat1 values ('bulk_parts', 'bulk_parts_key_job_first', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bulk_refusals', 'bulk_refusals', '1000000 1000000 1');
insert into sqlite_stat1 values ('bulk_refusals', 'bulk_refusals_by_job', '1000000 1000000 16 1');
analyze sqlite_schema;
