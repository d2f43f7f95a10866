-- An entry is posted only when its lines balance; a posted entry does not change.
create trigger journal_entry_begins_as_a_draft before insert on journal_entries
when new.state = 'posted'
begin
  select raise(abort, 'entry.unbalanced');
end;
create trigger journal_entry_balances before update on journal_entries
when old.state <> 'posted' and new.state = 'posted'
begin
  select raise(abort, 'entry.unbalanced')
  where (
    select coalesce(sum(debit) - sum(credit), 1) from journal_lines
    where company = new.company and entry = new.id
  ) <> 0;
end;
create trigger journal_entry_stays before update on journal_entries
when old.state = 'posted'
begin
  select raise(abort, 'entry.posted');
end;
create trigger journal_entry_is_kept before delete on journal_entries
when old.state = 'posted'
begin
  select raise(abort, 'entry.posted');
end;
create trigger journal_line_joins_a_draft before insert on journal_lines
begin
  select raise(abort, 'entry.posted')
  where (select state from journal_entries where company = new.company and id = new.entry) = 'posted';
end;
-- Lettering says how posted lines answer each other; it alone may change.
create trigger journal_line_stays before update on journal_lines
when new.entry is not old.entry or new.account is not old.account or new.party is not old.party
  or new.label is not old.label or new.debit <> old.debit or new.credit <> old.credit
  or new.debit_currency <> old.debit_currency or new.credit_currency <> old.credit_currency
  or new.due_on is not old.due_on
begin
  select raise(abort, 'entry.posted')
  where (select state from journal_entries where company = old.company and id = old.entry) = 'posted';
end;
create trigger journal_line_is_kept before delete on journal_lines
begin
  select raise(abort, 'entry.posted')
  where (select state from journal_entries where company = old.company and id = old.entry) = 'posted';
end;
