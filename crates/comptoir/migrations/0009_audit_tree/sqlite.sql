-- The audit becomes a tree: each line is a leaf, sealed beside it; accesses are lines of their own.
-- A line can be erased of its personal data, and of nothing else, once its leaf has let it go.
drop trigger audit_is_never_updated;
create table access (company integer not null, seq integer not null, at integer not null, actor blob, actor_name text not null, door text not null, address text not null, entity text not null, record blob, verb text not null, detail text not null, primary key (company, seq)) strict, without rowid;
create index access_by_record on access (company, record, seq) where record is not null;
create table audit_leaf (company integer not null, leaf integer not null, log text not null check (log in ('change', 'access')), seq integer not null, actor blob, salt blob check (length(salt) = 16), digest blob check (length(digest) = 32), hash blob not null check (length(hash) = 32), primary key (company, leaf), check ((salt is null) <> (digest is null))) strict, without rowid;
create unique index audit_leaf_by_seq on audit_leaf (company, log, seq);
create index audit_leaf_by_actor on audit_leaf (company, actor, leaf) where actor is not null;
create table audit_node (company integer not null, level integer not null, place integer not null, hash blob not null check (length(hash) = 32), primary key (company, level, place)) strict, without rowid;
create table audit_checkpoint (company integer not null, size integer not null, at integer not null, note text not null, primary key (company, size)) strict, without rowid;
create trigger audit_is_only_erased before update on audit when not (new.company is old.company and new.seq is old.seq and new.at is old.at and new.actor is old.actor and new.door is old.door and new.entity is old.entity and new.record is old.record and new.verb is old.verb and new.actor_name = '' and new.changes = '{}' and exists (select 1 from audit_leaf l where l.company = old.company and l.log = 'change' and l.seq = old.seq and l.salt is null)) begin select raise(abort, 'audit.fixed'); end;
create trigger access_is_only_erased before update on access when not (new.company is old.company and new.seq is old.seq and new.at is old.at and new.actor is old.actor and new.door is old.door and new.entity is old.entity and new.record is old.record and new.verb is old.verb and old.verb <> 'erased' and new.actor_name = '' and new.address = '' and new.detail = '{}' and exists (select 1 from audit_leaf l where l.company = old.company and l.log = 'access' and l.seq = old.seq and l.salt is null)) begin select raise(abort, 'audit.fixed'); end;
create trigger access_is_never_deleted before delete on access begin select raise(abort, 'audit.fixed'); end;
create trigger audit_leaf_is_only_erased before update on audit_leaf when not (new.company is old.company and new.leaf is old.leaf and new.log is old.log and new.seq is old.seq and new.actor is old.actor and new.hash is old.hash and old.salt is not null and new.salt is null) begin select raise(abort, 'audit.fixed'); end;
create trigger audit_leaf_is_never_deleted before delete on audit_leaf begin select raise(abort, 'audit.fixed'); end;
create trigger audit_node_is_never_updated before update on audit_node begin select raise(abort, 'audit.fixed'); end;
create trigger audit_node_is_never_deleted before delete on audit_node begin select raise(abort, 'audit.fixed'); end;
create trigger audit_checkpoint_is_never_updated before update on audit_checkpoint begin select raise(abort, 'audit.fixed'); end;
create trigger audit_checkpoint_is_never_deleted before delete on audit_checkpoint begin select raise(abort, 'audit.fixed'); end;
