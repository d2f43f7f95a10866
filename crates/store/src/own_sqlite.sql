-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create table tenant (company integer primary key, currency text not null, created_at integer not null) strict;
create table migration (number integer primary key, name text not null, at integer not null) strict;
create table counter (company integer not null, series text not null, value integer not null, primary key (company, series)) strict, without rowid;
create table event (company integer not null, seq integer not null, at integer not null, name text not null, entity text not null, record blob not null, actor blob, facts text not null, primary key (company, seq)) strict, without rowid;
create index event_by_record on event (company, record, seq);
create table audit (company integer not null, seq integer not null, at integer not null, actor blob, actor_name text not null, door text not null, entity text not null, record blob not null, verb text not null, changes text not null, primary key (company, seq)) strict, without rowid;
create index audit_by_record on audit (company, record, seq);
create trigger audit_is_never_updated before update on audit begin select raise(abort, 'audit.fixed'); end;
create trigger audit_is_never_deleted before delete on audit begin select raise(abort, 'audit.fixed'); end;
create table idempotency (company integer not null, key text not null, fingerprint text not null, answer text not null, at integer not null, primary key (company, key)) strict, without rowid;
create table consumer (company integer not null, name text not null, seq integer not null, primary key (company, name)) strict, without rowid;
create table delivery (company integer not null, consumer text not null, seq integer not null, attempts integer not null, next_at integer not null, fault text not null, primary key (company, consumer, seq)) strict, without rowid;
create table search_text (rowid integer primary key, company integer not null, entity text not null, id blob not null, text text not null, unique (company, entity, id)) strict;
create virtual table search_index using fts5 (text, content = 'search_text', content_rowid = 'rowid', tokenize = 'trigram');
create trigger search_text_changed after update on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); insert into search_index (rowid, text) values (new.rowid, new.text); end;
create trigger search_text_removed after delete on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); end;
