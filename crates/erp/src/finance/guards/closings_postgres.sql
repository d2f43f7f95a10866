-- A closing, its totals and the documents that it sealed never change.
create function closing_guard() returns trigger language plpgsql as $$
begin
  raise exception 'closing.kept';
end $$;
create trigger closing_guard before update or delete on closings
for each row execute function closing_guard();
create trigger closing_total_guard before update or delete on closing_totals
for each row execute function closing_guard();
create trigger sealed_document_guard before update or delete on sealed_documents
for each row execute function closing_guard();
