-- A closing, its totals and the documents that it sealed never change.
create trigger closing_stays_update before update on closings
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_stays_delete before delete on closings
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_total_stays_update before update on closing_totals
begin
  select raise(abort, 'closing.kept');
end;
create trigger closing_total_stays_delete before delete on closing_totals
begin
  select raise(abort, 'closing.kept');
end;
create trigger sealed_document_stays_update before update on sealed_documents
begin
  select raise(abort, 'closing.kept');
end;
create trigger sealed_document_stays_delete before delete on sealed_documents
begin
  select raise(abort, 'closing.kept');
end;
