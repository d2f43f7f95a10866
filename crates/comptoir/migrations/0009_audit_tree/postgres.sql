-- The audit becomes a tree: each line is a leaf, sealed beside it; accesses are lines of their own.
-- A line can be erased of its personal data, and of nothing else, once its leaf has let it go.
drop trigger audit_is_fixed on audit;
create sequence access_seq;
create table access (company bigint not null, seq bigint not null default nextval('access_seq'), at bigint not null, actor bytea, actor_name text not null, door text not null, address text not null, entity text collate "C" not null, record bytea, verb text not null, detail text not null, xid xid8 default pg_current_xact_id(), primary key (company, seq));
create index access_by_record on access (company, record, seq) where record is not null;
-- `seq` is given before the commit: a line may come after one of a greater number. The sealer looks
-- back for those that have no leaf yet.
create table audit_leaf (company bigint not null, leaf bigint not null, log text collate "C" not null check (log in ('change', 'access')), seq bigint not null, actor bytea, salt bytea check (length(salt) = 16), digest bytea check (length(digest) = 32), hash bytea not null check (length(hash) = 32), primary key (company, leaf), check ((salt is null) <> (digest is null)));
create unique index audit_leaf_by_seq on audit_leaf (company, log, seq);
create index audit_leaf_by_actor on audit_leaf (company, actor, leaf) where actor is not null;
create table audit_node (company bigint not null, level bigint not null, place bigint not null, hash bytea not null check (length(hash) = 32), primary key (company, level, place));
create table audit_checkpoint (company bigint not null, size bigint not null, at bigint not null, note text not null, primary key (company, size));
create function audit_only_erased() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' then
    if new.actor_name = '' and new.changes = '{}'
      and to_jsonb(new) - array['actor_name', 'changes'] = to_jsonb(old) - array['actor_name', 'changes']
      and exists (select 1 from audit_leaf l where l.company = old.company and l.log = 'change' and l.seq = old.seq and l.salt is null)
      then return new; end if;
  end if;
  raise exception 'audit.fixed';
end $$;
create function access_only_erased() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' then
    if old.verb <> 'erased' and new.actor_name = '' and new.address = '' and new.detail = '{}'
      and to_jsonb(new) - array['actor_name', 'address', 'detail'] = to_jsonb(old) - array['actor_name', 'address', 'detail']
      and exists (select 1 from audit_leaf l where l.company = old.company and l.log = 'access' and l.seq = old.seq and l.salt is null)
      then return new; end if;
  end if;
  raise exception 'audit.fixed';
end $$;
create function audit_leaf_only_erased() returns trigger language plpgsql as $$ begin
  if tg_op = 'UPDATE' then
    if old.salt is not null and new.salt is null
      and to_jsonb(new) - array['salt', 'digest'] = to_jsonb(old) - array['salt', 'digest']
      then return new; end if;
  end if;
  raise exception 'audit.fixed';
end $$;
create trigger audit_is_only_erased before update or delete on audit for each row execute function audit_only_erased();
create trigger access_is_only_erased before update or delete on access for each row execute function access_only_erased();
create trigger audit_leaf_is_only_erased before update or delete on audit_leaf for each row execute function audit_leaf_only_erased();
create trigger audit_node_is_fixed before update or delete on audit_node for each row execute function audit_fixed();
create trigger audit_checkpoint_is_fixed before update or delete on audit_checkpoint for each row execute function audit_fixed();
