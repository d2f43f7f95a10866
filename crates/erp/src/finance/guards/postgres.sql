-- An entry is posted only when its lines balance; a posted entry does not change.
create function journal_entry_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state = 'posted' then raise exception 'entry.unbalanced'; end if;
    return new;
  end if;
  if old.state = 'posted' then raise exception 'entry.posted'; end if;
  if tg_op = 'DELETE' then return old; end if;
  if new.state = 'posted' and (
    select coalesce(sum(debit) - sum(credit), 1) from journal_lines
    where company = new.company and entry = new.id
  ) <> 0 then
    raise exception 'entry.unbalanced';
  end if;
  return new;
end $$;
create trigger journal_entry_guard before insert or update or delete on journal_entries
for each row execute function journal_entry_guard();

-- Lettering says how posted lines answer each other; it alone may change.
create function journal_line_guard() returns trigger language plpgsql as $$
declare
  whole record;
begin
  if tg_op = 'UPDATE' and (new.entry, new.account, new.debit, new.credit, new.debit_currency,
      new.credit_currency) = (old.entry, old.account, old.debit, old.credit, old.debit_currency,
      old.credit_currency) and new.party is not distinct from old.party
      and new.label is not distinct from old.label and new.due_on is not distinct from old.due_on then
    return new;
  end if;
  whole := case when tg_op = 'INSERT' then new else old end;
  if (select state from journal_entries where company = whole.company and id = whole.entry) = 'posted' then
    raise exception 'entry.posted';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger journal_line_guard before insert or update or delete on journal_lines
for each row execute function journal_line_guard();
