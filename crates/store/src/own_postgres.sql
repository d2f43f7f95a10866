-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create extension if not exists pg_trgm;
create table tenant (company bigint primary key, currency text not null, created_at bigint not null);
create table migration (number bigint primary key, name text not null, at bigint not null);
create table counter (company bigint not null, series text collate "C" not null, value bigint not null, primary key (company, series));
create sequence event_seq;
-- `xid` tells the reader of the feed which transactions were still open: their events come later.
create table event (company bigint not null, seq bigint not null default nextval('event_seq'), at bigint not null, name text not null, entity text collate "C" not null, record bytea not null, actor bytea, facts text not null, xid xid8 not null default pg_current_xact_id(), primary key (company, seq));
create index event_by_record on event (company, record, seq);
create sequence audit_seq;
create table audit (company bigint not null, seq bigint not null default nextval('audit_seq'), at bigint not null, actor bytea, actor_name text not null, door text not null, entity text collate "C" not null, record bytea not null, verb text not null, changes text not null, xid xid8 default pg_current_xact_id(), primary key (company, seq));
create index audit_by_record on audit (company, record, seq);
create function audit_fixed() returns trigger language plpgsql as $$ begin raise exception 'audit.fixed'; end $$;
create trigger audit_is_fixed before update or delete on audit for each row execute function audit_fixed();
create table idempotency (company bigint not null, key text collate "C" not null, fingerprint text not null, answer text not null, at bigint not null, primary key (company, key));
create table consumer (company bigint not null, name text collate "C" not null, seq bigint not null, primary key (company, name));
create table delivery (company bigint not null, consumer text collate "C" not null, seq bigint not null, attempts bigint not null, next_at bigint not null, fault text not null, primary key (company, consumer, seq));
create table search_text (company bigint not null, entity text collate "C" not null, id bytea not null, text text not null, primary key (company, entity, id));
create index search_text_by_trigram on search_text using gin (text gin_trgm_ops);
