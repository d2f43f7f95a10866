-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create extension if not exists pg_trgm;
create table tenant (company bigint primary key, currency text not null, created_at bigint not null, kind text not null default 'real');
create table migration (number bigint primary key, name text not null, at bigint not null);
create table counter (company bigint not null, series text collate "C" not null, value bigint not null, primary key (company, series));
create sequence event_seq;
create table event (company bigint not null, seq bigint not null default nextval('event_seq'), at bigint not null, name text not null, entity text collate "C" not null, record bytea not null, actor bytea, facts text not null, primary key (company, seq));
create index event_by_record on event (company, record, seq);
create sequence audit_seq;
create table audit (company bigint not null, seq bigint not null default nextval('audit_seq'), at bigint not null, actor bytea, actor_name text not null, door text not null, entity text collate "C" not null, record bytea not null, verb text not null, changes text not null, salt bytea not null default uuid_send(gen_random_uuid()) check (length(salt) in (16,32)), xid xid8 default pg_current_xact_id(), primary key (company, seq));
create index audit_by_record on audit (company, record, seq);
create function audit_fixed() returns trigger language plpgsql as $$ begin raise exception 'audit.fixed'; end $$;
create sequence access_seq;
create table access (company bigint not null, seq bigint not null default nextval('access_seq'), at bigint not null, actor bytea, actor_name text not null, door text not null, address text not null, entity text collate "C" not null, record bytea, verb text not null, detail text not null, salt bytea not null default uuid_send(gen_random_uuid()) check (length(salt) in (16,32)), primary key (company, seq));
create index access_by_record on access (company, record, seq) where record is not null;
-- What one seal keeps of its lines: their numbers (8 bytes each) and their hashes (32), in their order.
create table audit_batch (company bigint not null, leaf bigint not null, log text collate "C" not null check (log in ('change', 'access')), first bigint not null, last bigint not null, seqs bytea not null, hashes bytea not null check (length(hashes) = 4 * length(seqs)), primary key (company, leaf));
create unique index audit_batch_by_last on audit_batch (company, log, last, first);
-- In which stretches of numbers an author, an act or an entity occurs.
create table audit_word (company bigint not null, log text collate "C" not null, word text collate "C" not null, last bigint not null, first bigint not null, primary key (company, log, word, last));
create table audit_node (company bigint not null, level bigint not null, place bigint not null, hash bytea not null check (length(hash) = 32), primary key (company, level, place));
create table audit_checkpoint (company bigint not null, size bigint not null, at bigint not null, note text not null, primary key (company, size));
create function audit_only_erased() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' then
    if new.actor_name = '' and new.changes = '{}'
      and to_jsonb(new) - array['actor_name', 'changes', 'salt'] = to_jsonb(old) - array['actor_name', 'changes', 'salt']
      and length(old.salt) = 16 and length(new.salt) = 32
      then return new; end if;
  end if;
  raise exception 'audit.fixed';
end $$;
create function access_only_erased() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' then
    if old.verb <> 'erased' and new.actor_name = '' and new.address = '' and new.detail = '{}'
      and to_jsonb(new) - array['actor_name', 'address', 'detail', 'salt'] = to_jsonb(old) - array['actor_name', 'address', 'detail', 'salt']
      and length(old.salt) = 16 and length(new.salt) = 32
      then return new; end if;
  end if;
  raise exception 'audit.fixed';
end $$;
create trigger audit_is_only_erased before update or delete on audit for each row execute function audit_only_erased();
create trigger access_is_only_erased before update or delete on access for each row execute function access_only_erased();
create trigger audit_batch_is_fixed before update or delete on audit_batch for each row execute function audit_fixed();
create trigger audit_node_is_fixed before update or delete on audit_node for each row execute function audit_fixed();
create trigger audit_checkpoint_is_fixed before update or delete on audit_checkpoint for each row execute function audit_fixed();
create table idempotency (company bigint not null, key text collate "C" not null, fingerprint text not null, answer text not null, at bigint not null, primary key (company, key));
create table consumer (company bigint not null, name text collate "C" not null, seq bigint not null, primary key (company, name));
create table delivery (company bigint not null, consumer text collate "C" not null, seq bigint not null, attempts bigint not null, next_at bigint not null, fault text not null, primary key (company, consumer, seq));
create table search_text (company bigint not null, entity text collate "C" not null, id bytea not null, text text not null, primary key (company, entity, id));
create index search_text_by_trigram on search_text using gin (text gin_trgm_ops);
-- What seals the secrets of each company, wrapped by the key of the installation.
create table data_key (company bigint primary key, wrapped bytea not null check (length(wrapped) = 72), at bigint not null);
create table file_chunk (company bigint not null, file bytea not null, rank bigint not null, bytes bytea not null);
create unique index file_chunk_by_file on file_chunk (company, file, rank);
