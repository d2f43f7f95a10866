-- An id names one record among all: the entity before it only scattered each command's lines
-- over as many places as it touched entities.
drop index event_by_record;
drop index audit_by_record;
create index event_by_record on event (company, record, seq);
create index audit_by_record on audit (company, record, seq);
delete from sqlite_stat1 where idx in ('event_by_record', 'audit_by_record');
insert into sqlite_stat1 values ('event', 'event_by_record', '1000000 1000000 4 1');
insert into sqlite_stat1 values ('audit', 'audit_by_record', '1000000 1000000 4 1');
analyze sqlite_schema;
