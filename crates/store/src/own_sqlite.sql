-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create table tenant (company integer primary key, currency text not null, created_at integer not null, kind text not null default 'real') strict;
create table migration (number integer primary key, name text not null, at integer not null) strict;
create table counter (company integer not null, series text not null, value integer not null, primary key (company, series)) strict, without rowid;
create table event (company integer not null, seq integer not null, at integer not null, name text not null, entity text not null, record blob not null, actor blob, facts text not null, primary key (company, seq)) strict, without rowid;
create index event_by_record on event (company, record, seq);
create table audit (company integer not null, seq integer not null, at integer not null, actor blob, actor_name text not null, door text not null, entity text not null, record blob not null, verb text not null, changes text not null, salt blob not null default (randomblob(16)) check (length(salt) in (16,32)), primary key (company, seq)) strict, without rowid;
create index audit_by_record on audit (company, record, seq);
create table access (company integer not null, seq integer not null, at integer not null, actor blob, actor_name text not null, door text not null, address text not null, entity text not null, record blob, verb text not null, detail text not null, salt blob not null default (randomblob(16)) check (length(salt) in (16,32)), primary key (company, seq)) strict, without rowid;
create index access_by_record on access (company, record, seq) where record is not null;
-- What one seal keeps of its lines: their numbers (8 bytes each) and their hashes (32), in their order.
create table audit_batch (company integer not null, leaf integer not null, log text not null check (log in ('change', 'access')), first integer not null, last integer not null, seqs blob not null, hashes blob not null check (length(hashes) = 4 * length(seqs)), primary key (company, leaf)) strict, without rowid;
create unique index audit_batch_by_last on audit_batch (company, log, last, first);
-- In which stretches of numbers an author, an act or an entity occurs.
create table audit_word (company integer not null, log text not null, word text not null, last integer not null, first integer not null, primary key (company, log, word, last)) strict, without rowid;
create table audit_node (company integer not null, level integer not null, place integer not null, hash blob not null check (length(hash) = 32), primary key (company, level, place)) strict, without rowid;
create table audit_checkpoint (company integer not null, size integer not null, at integer not null, note text not null, primary key (company, size)) strict, without rowid;
create trigger audit_is_only_erased before update on audit when not (new.company is old.company and new.seq is old.seq and new.at is old.at and new.actor is old.actor and new.door is old.door and new.entity is old.entity and new.record is old.record and new.verb is old.verb and new.actor_name = '' and new.changes = '{}' and length(old.salt) = 16 and length(new.salt) = 32) begin select raise(abort, 'audit.fixed'); end;
create trigger audit_is_never_deleted before delete on audit begin select raise(abort, 'audit.fixed'); end;
create trigger access_is_only_erased before update on access when not (new.company is old.company and new.seq is old.seq and new.at is old.at and new.actor is old.actor and new.door is old.door and new.entity is old.entity and new.record is old.record and new.verb is old.verb and old.verb <> 'erased' and new.actor_name = '' and new.address = '' and new.detail = '{}' and length(old.salt) = 16 and length(new.salt) = 32) begin select raise(abort, 'audit.fixed'); end;
create trigger access_is_never_deleted before delete on access begin select raise(abort, 'audit.fixed'); end;
create trigger audit_batch_is_never_updated before update on audit_batch begin select raise(abort, 'audit.fixed'); end;
create trigger audit_batch_is_never_deleted before delete on audit_batch begin select raise(abort, 'audit.fixed'); end;
create trigger audit_node_is_never_updated before update on audit_node begin select raise(abort, 'audit.fixed'); end;
create trigger audit_node_is_never_deleted before delete on audit_node begin select raise(abort, 'audit.fixed'); end;
create trigger audit_checkpoint_is_never_updated before update on audit_checkpoint begin select raise(abort, 'audit.fixed'); end;
create trigger audit_checkpoint_is_never_deleted before delete on audit_checkpoint begin select raise(abort, 'audit.fixed'); end;
create table idempotency (company integer not null, key text not null, fingerprint text not null, answer text not null, at integer not null, primary key (company, key)) strict, without rowid;
create table consumer (company integer not null, name text not null, seq integer not null, primary key (company, name)) strict, without rowid;
create table delivery (company integer not null, consumer text not null, seq integer not null, attempts integer not null, next_at integer not null, fault text not null, primary key (company, consumer, seq)) strict, without rowid;
create table search_text (rowid integer primary key, company integer not null, entity text not null, id blob not null, text text not null, unique (company, entity, id)) strict;
create virtual table search_index using fts5 (text, content = 'search_text', content_rowid = 'rowid', tokenize = 'trigram');
create trigger search_text_changed after update on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); insert into search_index (rowid, text) values (new.rowid, new.text); end;
create trigger search_text_removed after delete on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); end;
-- What seals the secrets of each company, wrapped by the key of the installation.
create table data_key (company integer primary key, wrapped blob not null check (length(wrapped) = 72), at integer not null) strict;
create table file_chunk (company integer not null, file blob not null, rank integer not null, bytes blob not null) strict;
create unique index file_chunk_by_file on file_chunk (company, file, rank);
