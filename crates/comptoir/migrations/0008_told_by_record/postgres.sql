-- An id names one record among all: the entity before it only scattered each command's lines
-- over as many places as it touched entities.
drop index event_by_record;
drop index audit_by_record;
create index event_by_record on event (company, record, seq);
create index audit_by_record on audit (company, record, seq);
