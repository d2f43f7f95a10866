-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create table tenant (company integer primary key, currency text not null, created_at integer not null) strict;
create table migration (number integer primary key, name text not null, at integer not null) strict;
create table counter (company integer not null, series text not null, value integer not null, primary key (company, series)) strict, without rowid;
create table event (company integer not null, seq integer not null, at integer not null, name text not null, entity text not null, record blob not null, actor blob, facts text not null, primary key (company, seq)) strict, without rowid;
create index event_by_record on event (company, entity, record, seq);
create table audit (company integer not null, seq integer not null, at integer not null, actor blob, actor_name text not null, door text not null, entity text not null, record blob not null, verb text not null, changes text not null, primary key (company, seq)) strict, without rowid;
create index audit_by_record on audit (company, entity, record, seq);
create trigger audit_is_never_updated before update on audit begin select raise(abort, 'audit.fixed'); end;
create trigger audit_is_never_deleted before delete on audit begin select raise(abort, 'audit.fixed'); end;
create table idempotency (company integer not null, key text not null, fingerprint text not null, answer text not null, at integer not null, primary key (company, key)) strict, without rowid;
create table consumer (company integer not null, name text not null, seq integer not null, primary key (company, name)) strict, without rowid;
create table delivery (company integer not null, consumer text not null, seq integer not null, attempts integer not null, next_at integer not null, fault text not null, primary key (company, consumer, seq)) strict, without rowid;
create table search_text (rowid integer primary key, company integer not null, entity text not null, id blob not null, text text not null, unique (company, entity, id)) strict;
create virtual table search_index using fts5 (text, content = 'search_text', content_rowid = 'rowid', tokenize = 'trigram');
create trigger search_text_changed after update on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); insert into search_index (rowid, text) values (new.rowid, new.text); end;
create trigger search_text_removed after delete on search_text begin insert into search_index (search_index, rowid, text) values ('delete', old.rowid, old.text); end;

create table "custom_fields" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "entity" text not null check (length("entity") <= 200),
  "name" text not null check (length("name") <= 200),
  "label_fr" text not null check (length("label_fr") <= 200),
  "label_en" text not null check (length("label_en") <= 200),
  "kind" text not null check ("kind" in ('text', 'number', 'day', 'flag', 'choice')),
  "values" text,
  "required" integer not null check ("required" in (0, 1)),
  primary key (company, id)
) strict, without rowid;
create unique index "custom_fields_key_entity_name" on "custom_fields" (company, "entity", "name");

create table "payment_terms" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "name_en" text check (length("name_en") <= 200),
  "days" integer not null,
  "end_of_month" integer not null check ("end_of_month" in (0, 1)),
  primary key (company, id)
) strict, without rowid;
create unique index "payment_terms_key_code" on "payment_terms" (company, "code");

create table "units" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "name_en" text check (length("name_en") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "units_key_code" on "units" (company, "code");

create table "taxes" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "name_en" text check (length("name_en") <= 200),
  "rate" integer not null,
  "category" text not null check ("category" in ('standard', 'intra_community', 'export', 'exempt', 'reverse_charge', 'out_of_scope')),
  "exemption_code" text check (length("exemption_code") <= 200),
  "exemption_text" text check (length("exemption_text") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "taxes_key_code" on "taxes" (company, "code");
create unique index "taxes_key_category_rate" on "taxes" (company, "category", "rate");

create table "companies" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "name" text not null check (length("name") <= 200),
  "legal_form" text check (length("legal_form") <= 200),
  "capital" integer,
  "capital_currency" text check (length("capital_currency") = 3),
  "siren" text check (length("siren") <= 200),
  "siret" text check (length("siret") <= 200),
  "vat_number" text check (length("vat_number") <= 200),
  "register" text check (length("register") <= 200),
  "naf" text check (length("naf") <= 200),
  "street" text check (length("street") <= 200),
  "postcode" text check (length("postcode") <= 200),
  "city" text check (length("city") <= 200),
  "country" text check (length("country") <= 200),
  "email" text check (length("email") <= 200),
  "phone" text check (length("phone") <= 200),
  "website" text check (length("website") <= 200),
  "iban" text check (length("iban") <= 200),
  "bic" text check (length("bic") <= 200),
  "vat_on_debits" integer not null check ("vat_on_debits" in (0, 1)),
  "vat_franchise" integer not null check ("vat_franchise" in (0, 1)),
  "credit_limit" integer,
  "credit_limit_currency" text check (length("credit_limit_currency") = 3),
  "payment_term" blob,
  "late_penalty_rate" integer,
  "fiscal_year_month" integer,
  primary key (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id)
) strict, without rowid;

create table "products" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "sku" text not null check (length("sku") <= 200),
  "name" text not null check (length("name") <= 200),
  "name_en" text check (length("name_en") <= 200),
  "kind" text not null check ("kind" in ('goods', 'service')),
  "family" text check (length("family") <= 200),
  "unit" blob not null,
  "price" integer not null,
  "price_currency" text not null check (length("price_currency") = 3),
  "cost" integer,
  "cost_currency" text check (length("cost_currency") = 3),
  "tax" blob not null,
  "made" integer not null check ("made" in (0, 1)),
  "barcode" text check (length("barcode") <= 200),
  "weight_g" integer,
  "lead_days" integer,
  "reorder_point" integer,
  "archived" integer not null check ("archived" in (0, 1)),
  primary key (company, id),
  foreign key (company, "unit") references "units" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
) strict, without rowid;
create unique index "products_key_sku" on "products" (company, "sku");
create index "products_by_family" on "products" (company, "family", id);
create index "products_by_barcode" on "products" (company, "barcode", id);

create table "price_lists" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "discount" integer,
  primary key (company, id)
) strict, without rowid;
create unique index "price_lists_key_code" on "price_lists" (company, "code");

create table "price_list_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "price_list" blob not null,
  "product" blob not null,
  "from_quantity" integer,
  "price" integer not null,
  "price_currency" text not null check (length("price_currency") = 3),
  primary key (company, id),
  foreign key (company, "price_list") references "price_lists" (company, id),
  foreign key (company, "product") references "products" (company, id)
) strict, without rowid;
create index "price_list_lines_by_price_list" on "price_list_lines" (company, "price_list", id);
create index "price_list_lines_by_price_list_product" on "price_list_lines" (company, "price_list", "product", id);

create table "parties" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "kind" text not null check ("kind" in ('company', 'person')),
  "customer" integer not null check ("customer" in (0, 1)),
  "supplier" integer not null check ("supplier" in (0, 1)),
  "siren" text check (length("siren") <= 200),
  "siret" text check (length("siret") <= 200),
  "vat_number" text check (length("vat_number") <= 200),
  "email" text check (length("email") <= 200),
  "phone" text check (length("phone") <= 200),
  "street" text check (length("street") <= 200),
  "postcode" text check (length("postcode") <= 200),
  "city" text check (length("city") <= 200),
  "country" text check (length("country") <= 200),
  "language" text not null check ("language" in ('fr', 'en')),
  "sector" text check (length("sector") <= 200),
  "payment_term" blob,
  "price_list" blob,
  "credit_limit" integer,
  "credit_limit_currency" text check (length("credit_limit_currency") = 3),
  "standing" text not null check ("standing" in ('good', 'late', 'blocked')),
  primary key (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "price_list") references "price_lists" (company, id)
) strict, without rowid;
create unique index "parties_key_code" on "parties" (company, "code");
create index "parties_by_customer" on "parties" (company, "customer", id);
create index "parties_by_supplier" on "parties" (company, "supplier", id);
create index "parties_by_siren" on "parties" (company, "siren", id);
create index "parties_by_sector" on "parties" (company, "sector", id);
create index "parties_by_standing" on "parties" (company, "standing", id);

create table "addresses" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "party" blob not null,
  "label" text check (length("label") <= 200),
  "kind" text not null check ("kind" in ('delivery', 'billing')),
  "street" text check (length("street") <= 200),
  "postcode" text check (length("postcode") <= 200),
  "city" text check (length("city") <= 200),
  "country" text check (length("country") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create index "addresses_by_party" on "addresses" (company, "party", id);

create table "contacts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "party" blob not null,
  "first_name" text check (length("first_name") <= 200),
  "last_name" text not null check (length("last_name") <= 200),
  "role" text check (length("role") <= 200),
  "email" text check (length("email") <= 200),
  "phone" text check (length("phone") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create index "contacts_by_party" on "contacts" (company, "party", id);

create table "interactions" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "party" blob not null,
  "about" text,
  "kind" text not null check ("kind" in ('note', 'call', 'mail', 'task', 'fact')),
  "at" integer not null,
  "subject" text not null check (length("subject") <= 200),
  "body" text,
  "due_on" integer,
  "done" integer not null check ("done" in (0, 1)),
  "author" text check (length("author") <= 200),
  "code" text check (length("code") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create index "interactions_by_about" on "interactions" (company, "about", id);
create index "interactions_by_party_at" on "interactions" (company, "party", "at", id);
create index "interactions_by_done_due_on" on "interactions" (company, "done", "due_on", id);

create table "opportunities" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "title" text not null check (length("title") <= 200),
  "party" blob not null,
  "stage" text not null check ("stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "amount" integer,
  "amount_currency" text check (length("amount_currency") = 3),
  "probability" integer,
  "expected_on" integer,
  "next_step" text check (length("next_step") <= 200),
  "next_step_on" integer,
  "lost_reason" text check (length("lost_reason") <= 200),
  "seller" text check (length("seller") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create unique index "opportunities_key_number" on "opportunities" (company, "number");
create index "opportunities_by_party" on "opportunities" (company, "party", id);
create index "opportunities_by_seller" on "opportunities" (company, "seller", id);
create index "opportunities_by_stage_expected_on" on "opportunities" (company, "stage", "expected_on", id);

create table "stage_changes" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "opportunity" blob not null,
  "from_stage" text check ("from_stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "to_stage" text not null check ("to_stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "at" integer not null,
  "made_by" text not null check (length("made_by") <= 200),
  primary key (company, id),
  foreign key (company, "opportunity") references "opportunities" (company, id)
) strict, without rowid;
create index "stage_changes_by_opportunity" on "stage_changes" (company, "opportunity", id);

create table "quotes" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "party" blob not null,
  "opportunity" blob,
  "subject" text check (length("subject") <= 200),
  "revision" integer not null,
  "state" text not null check ("state" in ('draft', 'sent', 'accepted', 'refused', 'expired', 'superseded')),
  "quoted_on" integer not null,
  "valid_until" integer,
  "reference" text check (length("reference") <= 200),
  "payment_term" blob,
  "deposit_rate" integer,
  "seller" text check (length("seller") <= 200),
  "note" text,
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "tax_amount" integer not null,
  "tax_amount_currency" text not null check (length("tax_amount_currency") = 3),
  "total" integer not null,
  "total_currency" text not null check (length("total_currency") = 3),
  "margin" integer not null,
  "margin_currency" text not null check (length("margin_currency") = 3),
  "sent_at" integer,
  "acceptance_token" text check (length("acceptance_token") <= 200),
  "accepted_by" text check (length("accepted_by") <= 200),
  "accepted_at" integer,
  "refused_reason" text check (length("refused_reason") <= 200),
  "previous" blob,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "opportunity") references "opportunities" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "previous") references "quotes" (company, id)
) strict, without rowid;
create unique index "quotes_key_number" on "quotes" (company, "number");
create index "quotes_by_opportunity" on "quotes" (company, "opportunity", id);
create index "quotes_by_seller" on "quotes" (company, "seller", id);
create unique index "quotes_key_acceptance_token" on "quotes" (company, "acceptance_token");
create index "quotes_by_previous" on "quotes" (company, "previous", id);
create index "quotes_by_party_quoted_on" on "quotes" (company, "party", "quoted_on", id);
create index "quotes_by_state_valid_until" on "quotes" (company, "state", "valid_until", id);

create table "quote_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "quote" blob not null,
  "rank" integer,
  "product" blob not null,
  "description" text check (length("description") <= 200),
  "quantity" integer not null,
  "unit_price" integer,
  "unit_price_currency" text check (length("unit_price_currency") = 3),
  "discount" integer,
  "tax" blob,
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "unit_cost" integer not null,
  "unit_cost_currency" text not null check (length("unit_cost_currency") = 3),
  primary key (company, id),
  foreign key (company, "quote") references "quotes" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
) strict, without rowid;
create index "quote_lines_by_quote" on "quote_lines" (company, "quote", id);

create table "orders" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "party" blob not null,
  "reference" text check (length("reference") <= 200),
  "quote" blob,
  "ordered_on" integer,
  "wanted_on" integer,
  "payment_term" blob,
  "deposit_rate" integer,
  "invoicing" text not null check ("invoicing" in ('on_delivery', 'on_order')),
  "seller" text check (length("seller") <= 200),
  "delivery_name" text check (length("delivery_name") <= 200),
  "delivery_street" text check (length("delivery_street") <= 200),
  "delivery_postcode" text check (length("delivery_postcode") <= 200),
  "delivery_city" text check (length("delivery_city") <= 200),
  "delivery_country" text check (length("delivery_country") <= 200),
  "stage" text not null check ("stage" in ('draft', 'confirmed', 'closed', 'cancelled')),
  "reservation" text not null check ("reservation" in ('none', 'partial', 'full')),
  "delivery" text not null check ("delivery" in ('none', 'partial', 'full')),
  "invoicing_state" text not null check ("invoicing_state" in ('none', 'partial', 'full')),
  "payment" text not null check ("payment" in ('none', 'partial', 'full', 'overdue')),
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "tax_amount" integer not null,
  "tax_amount_currency" text not null check (length("tax_amount_currency") = 3),
  "total" integer not null,
  "total_currency" text not null check (length("total_currency") = 3),
  "margin" integer not null,
  "margin_currency" text not null check (length("margin_currency") = 3),
  "confirmed_at" integer,
  "promised_on" integer,
  "closed_reason" text check (length("closed_reason") <= 200),
  "note" text,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "quote") references "quotes" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id)
) strict, without rowid;
create unique index "orders_key_number" on "orders" (company, "number");
create index "orders_by_reference" on "orders" (company, "reference", id);
create index "orders_by_quote" on "orders" (company, "quote", id);
create index "orders_by_seller" on "orders" (company, "seller", id);
create index "orders_by_party_ordered_on" on "orders" (company, "party", "ordered_on", id);
create index "orders_by_stage_ordered_on" on "orders" (company, "stage", "ordered_on", id);

create table "order_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "order" blob not null,
  "rank" integer,
  "product" blob not null,
  "description" text check (length("description") <= 200),
  "quantity" integer not null,
  "unit_price" integer,
  "unit_price_currency" text check (length("unit_price_currency") = 3),
  "discount" integer,
  "tax" blob,
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "unit_cost" integer not null,
  "unit_cost_currency" text not null check (length("unit_cost_currency") = 3),
  "reserved" integer not null,
  "delivered" integer not null,
  "invoiced" integer not null,
  "promised_on" integer,
  primary key (company, id),
  foreign key (company, "order") references "orders" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
) strict, without rowid;
create index "order_lines_by_order" on "order_lines" (company, "order", id);
create index "order_lines_by_product" on "order_lines" (company, "product", id);

create table "holds" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "order" blob not null,
  "kind" text not null check ("kind" in ('credit', 'stock', 'data', 'manual')),
  "reason" text not null check (length("reason") <= 200),
  "sentence_fr" text not null,
  "sentence_en" text not null,
  "facts" text,
  "owner" text not null check (length("owner") <= 200),
  "opened_at" integer not null,
  "released_at" integer,
  "released_by" text check (length("released_by") <= 200),
  "note" text check (length("note") <= 200),
  primary key (company, id),
  foreign key (company, "order") references "orders" (company, id)
) strict, without rowid;
create index "holds_by_order" on "holds" (company, "order", id);
create index "holds_by_released_at_kind" on "holds" (company, "released_at", "kind", id);

create table "locations" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  "name_en" text check (length("name_en") <= 200),
  "kind" text not null check ("kind" in ('stock', 'supplier', 'customer', 'loss', 'production', 'quarantine')),
  primary key (company, id)
) strict, without rowid;
create unique index "locations_key_code" on "locations" (company, "code");
create index "locations_by_kind" on "locations" (company, "kind", id);

create table "stock_levels" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "product" blob not null,
  "location" blob not null,
  "kind" text not null check ("kind" in ('stock', 'supplier', 'customer', 'loss', 'production', 'quarantine')),
  "on_hand" integer not null,
  "reserved" integer not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "location") references "locations" (company, id)
) strict, without rowid;
create index "stock_levels_by_kind" on "stock_levels" (company, "kind", id);
create unique index "stock_levels_key_product_location" on "stock_levels" (company, "product", "location");

create table "stock_moves" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "day" integer not null,
  "product" blob not null,
  "source" blob not null,
  "target" blob not null,
  "reason" text not null check ("reason" in ('receipt', 'issue', 'return', 'count', 'found', 'transfer')),
  "quantity" integer not null,
  "unit_cost" integer not null,
  "unit_cost_currency" text not null check (length("unit_cost_currency") = 3),
  "value" integer not null,
  "value_currency" text not null check (length("value_currency") = 3),
  "at" integer not null,
  "origin" text not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "source") references "locations" (company, id),
  foreign key (company, "target") references "locations" (company, id)
) strict, without rowid;
create index "stock_moves_by_origin" on "stock_moves" (company, "origin", id);
create index "stock_moves_by_product_day" on "stock_moves" (company, "product", "day", id);

create table "valuations" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "product" blob not null,
  "quantity" integer not null,
  "value" integer not null,
  "value_currency" text not null check (length("value_currency") = 3),
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id)
) strict, without rowid;
create unique index "valuations_key_product" on "valuations" (company, "product");

create table "reservations" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "product" blob not null,
  "location" blob not null,
  "quantity" integer not null,
  "origin" text not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "location") references "locations" (company, id)
) strict, without rowid;
create index "reservations_by_product" on "reservations" (company, "product", id);
create unique index "reservations_key_origin_location" on "reservations" (company, "origin", "location");

create table "expected_receipts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "product" blob not null,
  "quantity" integer not null,
  "due_on" integer not null,
  "unit_cost" integer,
  "unit_cost_currency" text check (length("unit_cost_currency") = 3),
  "reference" text check (length("reference") <= 200),
  "received" integer not null,
  "done" integer not null check ("done" in (0, 1)),
  "origin" text,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id)
) strict, without rowid;
create index "expected_receipts_by_due_on" on "expected_receipts" (company, "due_on", id);
create index "expected_receipts_by_done" on "expected_receipts" (company, "done", id);
create index "expected_receipts_by_product_due_on" on "expected_receipts" (company, "product", "due_on", id);

create table "stock_counts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "location" blob not null,
  "counted_on" integer not null,
  "state" text not null check ("state" in ('draft', 'applied')),
  "applied_at" integer,
  "note" text,
  primary key (company, id),
  foreign key (company, "location") references "locations" (company, id)
) strict, without rowid;
create unique index "stock_counts_key_number" on "stock_counts" (company, "number");
create index "stock_counts_by_counted_on" on "stock_counts" (company, "counted_on", id);
create index "stock_counts_by_state" on "stock_counts" (company, "state", id);

create table "stock_count_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "stock_count" blob not null,
  "product" blob not null,
  "counted" integer not null,
  "expected" integer not null,
  primary key (company, id),
  foreign key (company, "stock_count") references "stock_counts" (company, id),
  foreign key (company, "product") references "products" (company, id)
) strict, without rowid;
create index "stock_count_lines_by_stock_count" on "stock_count_lines" (company, "stock_count", id);

create table "shipments" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "party" blob not null,
  "origin" text,
  "state" text not null check ("state" in ('draft', 'picked', 'packed', 'shipped', 'delivered', 'cancelled')),
  "carrier" text check (length("carrier") <= 200),
  "tracking" text check (length("tracking") <= 200),
  "parcels" integer,
  "weight_g" integer,
  "name" text check (length("name") <= 200),
  "street" text check (length("street") <= 200),
  "postcode" text check (length("postcode") <= 200),
  "city" text check (length("city") <= 200),
  "country" text check (length("country") <= 200),
  "planned_on" integer,
  "shipped_on" integer,
  "delivered_on" integer,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create unique index "shipments_key_number" on "shipments" (company, "number");
create index "shipments_by_party" on "shipments" (company, "party", id);
create index "shipments_by_origin" on "shipments" (company, "origin", id);
create index "shipments_by_state" on "shipments" (company, "state", id);
create index "shipments_by_planned_on" on "shipments" (company, "planned_on", id);
create index "shipments_by_shipped_on" on "shipments" (company, "shipped_on", id);

create table "shipment_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "shipment" blob not null,
  "product" blob not null,
  "description" text check (length("description") <= 200),
  "quantity" integer not null,
  "origin" text,
  primary key (company, id),
  foreign key (company, "shipment") references "shipments" (company, id),
  foreign key (company, "product") references "products" (company, id)
) strict, without rowid;
create index "shipment_lines_by_shipment" on "shipment_lines" (company, "shipment", id);
create index "shipment_lines_by_origin" on "shipment_lines" (company, "origin", id);

create table "accounts" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text not null check (length("number") <= 200),
  "name" text not null check (length("name") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "accounts_key_number" on "accounts" (company, "number");

create table "journals" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "name" text not null check (length("name") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "journals_key_code" on "journals" (company, "code");

create table "fiscal_years" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "code" text not null check (length("code") <= 200),
  "starts_on" integer not null,
  "ends_on" integer not null,
  "locked_until" integer,
  "closed" integer not null check ("closed" in (0, 1)),
  primary key (company, id)
) strict, without rowid;
create unique index "fiscal_years_key_code" on "fiscal_years" (company, "code");
create index "fiscal_years_by_starts_on" on "fiscal_years" (company, "starts_on", id);

create table "journal_entries" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "journal" blob not null,
  "fiscal_year" blob not null,
  "number" integer,
  "day" integer not null,
  "label" text not null check (length("label") <= 200),
  "piece" text not null check (length("piece") <= 200),
  "piece_day" integer not null,
  "origin" text,
  "state" text not null check ("state" in ('draft', 'posted')),
  "posted_at" integer,
  primary key (company, id),
  foreign key (company, "journal") references "journals" (company, id),
  foreign key (company, "fiscal_year") references "fiscal_years" (company, id)
) strict, without rowid;
create index "journal_entries_by_day" on "journal_entries" (company, "day", id);
create unique index "journal_entries_key_journal_fiscal_year_number" on "journal_entries" (company, "journal", "fiscal_year", "number");

create table "journal_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "entry" blob not null,
  "account" blob not null,
  "party" blob,
  "label" text check (length("label") <= 200),
  "debit" integer not null,
  "debit_currency" text not null check (length("debit_currency") = 3),
  "credit" integer not null,
  "credit_currency" text not null check (length("credit_currency") = 3),
  "due_on" integer,
  "lettering" text check (length("lettering") <= 200),
  "lettered_on" integer,
  primary key (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id),
  foreign key (company, "account") references "accounts" (company, id),
  foreign key (company, "party") references "parties" (company, id)
) strict, without rowid;
create index "journal_lines_by_entry" on "journal_lines" (company, "entry", id);
create index "journal_lines_by_account_party_lettering" on "journal_lines" (company, "account", "party", "lettering", id);

create table "invoices" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "kind" text not null check ("kind" in ('invoice', 'deposit', 'credit_note')),
  "party" blob not null,
  "origin" text,
  "state" text not null check ("state" in ('draft', 'posted')),
  "issued_on" integer,
  "due_on" integer,
  "delivered_on" integer,
  "order_number" text check (length("order_number") <= 200),
  "order_day" integer,
  "purchase_order" text check (length("purchase_order") <= 200),
  "buyer_reference" text check (length("buyer_reference") <= 200),
  "delivery_note" text check (length("delivery_note") <= 200),
  "delivery_name" text check (length("delivery_name") <= 200),
  "delivery_street" text check (length("delivery_street") <= 200),
  "delivery_postcode" text check (length("delivery_postcode") <= 200),
  "delivery_city" text check (length("delivery_city") <= 200),
  "delivery_country" text check (length("delivery_country") <= 200),
  "payment_term" blob,
  "preceding" blob,
  "reason" text check (length("reason") <= 200),
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "tax_amount" integer not null,
  "tax_amount_currency" text not null check (length("tax_amount_currency") = 3),
  "total" integer not null,
  "total_currency" text not null check (length("total_currency") = 3),
  "prepaid" integer not null,
  "prepaid_currency" text not null check (length("prepaid_currency") = 3),
  "due" integer not null,
  "due_currency" text not null check (length("due_currency") = 3),
  "open" integer not null,
  "open_currency" text not null check (length("open_currency") = 3),
  "tax_on_payment" integer not null,
  "tax_on_payment_currency" text not null check (length("tax_on_payment_currency") = 3),
  "dunning_level" integer not null,
  "dunned_on" integer,
  "entry" blob,
  "snapshot" text,
  "sent_at" integer,
  "sent_to" text check (length("sent_to") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "preceding") references "invoices" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id)
) strict, without rowid;
create unique index "invoices_key_number" on "invoices" (company, "number");
create index "invoices_by_origin" on "invoices" (company, "origin", id);
create index "invoices_by_issued_on" on "invoices" (company, "issued_on", id);
create index "invoices_by_preceding" on "invoices" (company, "preceding", id);
create index "invoices_by_party_state" on "invoices" (company, "party", "state", id);
create index "invoices_by_state_due_on" on "invoices" (company, "state", "due_on", id);

create table "invoice_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "invoice" blob not null,
  "rank" integer not null,
  "product" blob,
  "sku" text check (length("sku") <= 200),
  "description" text not null check (length("description") <= 200),
  "quantity" integer not null,
  "unit" text check (length("unit") <= 200),
  "unit_price" integer not null,
  "unit_price_currency" text not null check (length("unit_price_currency") = 3),
  "discount" integer,
  "tax" blob,
  "net" integer not null,
  "net_currency" text not null check (length("net_currency") = 3),
  "origin" text,
  "account" text check (length("account") <= 200),
  "credits" blob,
  "tax_on_payment" integer not null check ("tax_on_payment" in (0, 1)),
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id),
  foreign key (company, "credits") references "invoice_lines" (company, id)
) strict, without rowid;
create index "invoice_lines_by_invoice" on "invoice_lines" (company, "invoice", id);
create index "invoice_lines_by_credits" on "invoice_lines" (company, "credits", id);

create table "invoice_deductions" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "invoice" blob not null,
  "deposit" blob not null,
  "amount" integer not null,
  "amount_currency" text not null check (length("amount_currency") = 3),
  "tax_amount" integer not null,
  "tax_amount_currency" text not null check (length("tax_amount_currency") = 3),
  "line" blob,
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id),
  foreign key (company, "deposit") references "invoices" (company, id),
  foreign key (company, "line") references "journal_lines" (company, id)
) strict, without rowid;
create index "invoice_deductions_by_invoice" on "invoice_deductions" (company, "invoice", id);
create index "invoice_deductions_by_deposit" on "invoice_deductions" (company, "deposit", id);

create table "payments" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "number" text check (length("number") <= 200),
  "party" blob not null,
  "day" integer not null,
  "amount" integer not null,
  "amount_currency" text not null check (length("amount_currency") = 3),
  "method" text not null check ("method" in ('transfer', 'card', 'cheque', 'cash')),
  "reference" text check (length("reference") <= 200),
  "unallocated" integer not null,
  "unallocated_currency" text not null check (length("unallocated_currency") = 3),
  "origin" text,
  "entry" blob,
  "undone_at" integer,
  "counter_entry" blob,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id),
  foreign key (company, "counter_entry") references "journal_entries" (company, id)
) strict, without rowid;
create unique index "payments_key_number" on "payments" (company, "number");
create index "payments_by_party" on "payments" (company, "party", id);
create index "payments_by_day" on "payments" (company, "day", id);
create index "payments_by_origin" on "payments" (company, "origin", id);

create table "allocations" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "source" text not null,
  "invoice" blob not null,
  "amount" integer not null,
  "amount_currency" text not null check (length("amount_currency") = 3),
  "at" integer not null,
  "undone_at" integer,
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id)
) strict, without rowid;
create index "allocations_by_source" on "allocations" (company, "source", id);
create index "allocations_by_invoice" on "allocations" (company, "invoice", id);

create table "bank_statements" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "reference" text not null check (length("reference") <= 200),
  "iban" text not null check (length("iban") <= 200),
  "starts_on" integer not null,
  "ends_on" integer not null,
  "opening" integer,
  "opening_currency" text check (length("opening_currency") = 3),
  "closing" integer,
  "closing_currency" text check (length("closing_currency") = 3),
  primary key (company, id)
) strict, without rowid;
create unique index "bank_statements_key_iban_reference" on "bank_statements" (company, "iban", "reference");

create table "bank_lines" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "statement" blob not null,
  "booked_on" integer not null,
  "amount" integer not null,
  "amount_currency" text not null check (length("amount_currency") = 3),
  "counterparty" text check (length("counterparty") <= 200),
  "counterparty_iban" text check (length("counterparty_iban") <= 200),
  "remittance" text not null check (length("remittance") <= 200),
  "end_to_end" text check (length("end_to_end") <= 200),
  "state" text not null check ("state" in ('open', 'matched')),
  "payment" blob,
  "entry" blob,
  primary key (company, id),
  foreign key (company, "statement") references "bank_statements" (company, id),
  foreign key (company, "payment") references "payments" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id)
) strict, without rowid;
create index "bank_lines_by_statement" on "bank_lines" (company, "statement", id);
create index "bank_lines_by_counterparty_iban" on "bank_lines" (company, "counterparty_iban", id);
create index "bank_lines_by_payment" on "bank_lines" (company, "payment", id);
create index "bank_lines_by_state_booked_on" on "bank_lines" (company, "state", "booked_on", id);

create table "users" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "email" text not null check (length("email") <= 200),
  "name" text not null check (length("name") <= 200),
  "role" text not null check ("role" in ('seller', 'accountant', 'warehouse', 'owner')),
  "language" text not null check ("language" in ('fr', 'en')),
  "active" integer not null check ("active" in (0, 1)),
  "password_hash" text not null check (length("password_hash") <= 200),
  primary key (company, id)
) strict, without rowid;
create unique index "users_key_email" on "users" (company, "email");

create table "sessions" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "token_hash" text not null check (length("token_hash") <= 200),
  "expires_at" integer not null,
  "last_seen" integer not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "sessions_by_user" on "sessions" (company, "user", id);
create unique index "sessions_key_token_hash" on "sessions" (company, "token_hash");

create table "api_tokens" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "user" blob not null,
  "name" text not null check (length("name") <= 200),
  "token_hash" text not null check (length("token_hash") <= 200),
  "expires_at" integer,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
) strict, without rowid;
create index "api_tokens_by_user" on "api_tokens" (company, "user", id);
create unique index "api_tokens_key_token_hash" on "api_tokens" (company, "token_hash");

create table "imports" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "entity" text not null check (length("entity") <= 200),
  "file_name" text not null check (length("file_name") <= 200),
  "state" text not null check ("state" in ('running', 'done', 'partly_undone', 'undone')),
  "rows" integer not null,
  "made" integer not null,
  "changed" integer not null,
  "refused" integer not null,
  primary key (company, id)
) strict, without rowid;
create index "imports_by_entity" on "imports" (company, "entity", id);

create table "import_rows" (
  company integer not null,
  id blob not null,
  version integer not null,
  created_at integer not null,
  created_by blob,
  updated_at integer not null,
  updated_by blob,
  extra text,
  "batch" blob not null,
  "rank" integer not null,
  "outcome" text not null check ("outcome" in ('made', 'changed', 'same', 'refused', 'undone')),
  "about" text,
  "record_version" integer,
  "before" text,
  "refusals" text,
  primary key (company, id),
  foreign key (company, "batch") references "imports" (company, id)
) strict, without rowid;
create unique index "import_rows_key_batch_rank" on "import_rows" (company, "batch", "rank");

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

analyze;
delete from sqlite_stat1;
insert into sqlite_stat1 values ('event', 'event', '1000000 1000000 1');
insert into sqlite_stat1 values ('event', 'event_by_record', '1000000 1000000 250000 4 1');
insert into sqlite_stat1 values ('audit', 'audit', '1000000 1000000 1');
insert into sqlite_stat1 values ('audit', 'audit_by_record', '1000000 1000000 250000 4 1');
insert into sqlite_stat1 values ('custom_fields', 'custom_fields', '1000000 1000000 1');
insert into sqlite_stat1 values ('custom_fields', 'custom_fields_key_entity_name', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('payment_terms', 'payment_terms', '1000000 1000000 1');
insert into sqlite_stat1 values ('payment_terms', 'payment_terms_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('units', 'units', '1000000 1000000 1');
insert into sqlite_stat1 values ('units', 'units_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('taxes', 'taxes', '1000000 1000000 1');
insert into sqlite_stat1 values ('taxes', 'taxes_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('taxes', 'taxes_key_category_rate', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('companies', 'companies', '1000000 1000000 1');
insert into sqlite_stat1 values ('products', 'products', '1000000 1000000 1');
insert into sqlite_stat1 values ('products', 'products_key_sku', '1000000 1000000 1');
insert into sqlite_stat1 values ('products', 'products_by_family', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('products', 'products_by_barcode', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('price_lists', 'price_lists', '1000000 1000000 1');
insert into sqlite_stat1 values ('price_lists', 'price_lists_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('price_list_lines', 'price_list_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('price_list_lines', 'price_list_lines_by_price_list', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('price_list_lines', 'price_list_lines_by_price_list_product', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('parties', 'parties', '1000000 1000000 1');
insert into sqlite_stat1 values ('parties', 'parties_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('parties', 'parties_by_customer', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('parties', 'parties_by_supplier', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('parties', 'parties_by_siren', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('parties', 'parties_by_sector', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('parties', 'parties_by_standing', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('addresses', 'addresses', '1000000 1000000 1');
insert into sqlite_stat1 values ('addresses', 'addresses_by_party', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('contacts', 'contacts', '1000000 1000000 1');
insert into sqlite_stat1 values ('contacts', 'contacts_by_party', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('interactions', 'interactions', '1000000 1000000 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_about', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_party_at', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('interactions', 'interactions_by_done_due_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('opportunities', 'opportunities', '1000000 1000000 1');
insert into sqlite_stat1 values ('opportunities', 'opportunities_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('opportunities', 'opportunities_by_party', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('opportunities', 'opportunities_by_seller', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('opportunities', 'opportunities_by_stage_expected_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('stage_changes', 'stage_changes', '1000000 1000000 1');
insert into sqlite_stat1 values ('stage_changes', 'stage_changes_by_opportunity', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('quotes', 'quotes', '1000000 1000000 1');
insert into sqlite_stat1 values ('quotes', 'quotes_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('quotes', 'quotes_by_opportunity', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('quotes', 'quotes_by_seller', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('quotes', 'quotes_key_acceptance_token', '1000000 1000000 1');
insert into sqlite_stat1 values ('quotes', 'quotes_by_previous', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('quotes', 'quotes_by_party_quoted_on', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('quotes', 'quotes_by_state_valid_until', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('quote_lines', 'quote_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('quote_lines', 'quote_lines_by_quote', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('orders', 'orders', '1000000 1000000 1');
insert into sqlite_stat1 values ('orders', 'orders_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('orders', 'orders_by_reference', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('orders', 'orders_by_quote', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('orders', 'orders_by_seller', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('orders', 'orders_by_party_ordered_on', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('orders', 'orders_by_stage_ordered_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('order_lines', 'order_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('order_lines', 'order_lines_by_order', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('order_lines', 'order_lines_by_product', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('holds', 'holds', '1000000 1000000 1');
insert into sqlite_stat1 values ('holds', 'holds_by_order', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('holds', 'holds_by_released_at_kind', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('locations', 'locations', '1000000 1000000 1');
insert into sqlite_stat1 values ('locations', 'locations_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('locations', 'locations_by_kind', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('stock_levels', 'stock_levels', '1000000 1000000 1');
insert into sqlite_stat1 values ('stock_levels', 'stock_levels_by_kind', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('stock_levels', 'stock_levels_key_product_location', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('stock_moves', 'stock_moves', '1000000 1000000 1');
insert into sqlite_stat1 values ('stock_moves', 'stock_moves_by_origin', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('stock_moves', 'stock_moves_by_product_day', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('valuations', 'valuations', '1000000 1000000 1');
insert into sqlite_stat1 values ('valuations', 'valuations_key_product', '1000000 1000000 1');
insert into sqlite_stat1 values ('reservations', 'reservations', '1000000 1000000 1');
insert into sqlite_stat1 values ('reservations', 'reservations_by_product', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('reservations', 'reservations_key_origin_location', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('expected_receipts', 'expected_receipts', '1000000 1000000 1');
insert into sqlite_stat1 values ('expected_receipts', 'expected_receipts_by_due_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('expected_receipts', 'expected_receipts_by_done', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('expected_receipts', 'expected_receipts_by_product_due_on', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('stock_counts', 'stock_counts', '1000000 1000000 1');
insert into sqlite_stat1 values ('stock_counts', 'stock_counts_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('stock_counts', 'stock_counts_by_counted_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('stock_counts', 'stock_counts_by_state', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('stock_count_lines', 'stock_count_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('stock_count_lines', 'stock_count_lines_by_stock_count', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipments', 'shipments', '1000000 1000000 1');
insert into sqlite_stat1 values ('shipments', 'shipments_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('shipments', 'shipments_by_party', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipments', 'shipments_by_origin', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipments', 'shipments_by_state', '1000000 1000000 250000 1');
insert into sqlite_stat1 values ('shipments', 'shipments_by_planned_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipments', 'shipments_by_shipped_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipment_lines', 'shipment_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('shipment_lines', 'shipment_lines_by_shipment', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('shipment_lines', 'shipment_lines_by_origin', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('accounts', 'accounts', '1000000 1000000 1');
insert into sqlite_stat1 values ('accounts', 'accounts_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('journals', 'journals', '1000000 1000000 1');
insert into sqlite_stat1 values ('journals', 'journals_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('fiscal_years', 'fiscal_years', '1000000 1000000 1');
insert into sqlite_stat1 values ('fiscal_years', 'fiscal_years_key_code', '1000000 1000000 1');
insert into sqlite_stat1 values ('fiscal_years', 'fiscal_years_by_starts_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('journal_entries', 'journal_entries', '1000000 1000000 1');
insert into sqlite_stat1 values ('journal_entries', 'journal_entries_by_day', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('journal_entries', 'journal_entries_key_journal_fiscal_year_number', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('journal_lines', 'journal_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('journal_lines', 'journal_lines_by_entry', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('journal_lines', 'journal_lines_by_account_party_lettering', '1000000 1000000 16 4 2 1');
insert into sqlite_stat1 values ('invoices', 'invoices', '1000000 1000000 1');
insert into sqlite_stat1 values ('invoices', 'invoices_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_origin', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_issued_on', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_preceding', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_party_state', '1000000 1000000 16 4 1');
insert into sqlite_stat1 values ('invoices', 'invoices_by_state_due_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('invoice_lines', 'invoice_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('invoice_lines', 'invoice_lines_by_invoice', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoice_lines', 'invoice_lines_by_credits', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoice_deductions', 'invoice_deductions', '1000000 1000000 1');
insert into sqlite_stat1 values ('invoice_deductions', 'invoice_deductions_by_invoice', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('invoice_deductions', 'invoice_deductions_by_deposit', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('payments', 'payments', '1000000 1000000 1');
insert into sqlite_stat1 values ('payments', 'payments_key_number', '1000000 1000000 1');
insert into sqlite_stat1 values ('payments', 'payments_by_party', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('payments', 'payments_by_day', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('payments', 'payments_by_origin', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('allocations', 'allocations', '1000000 1000000 1');
insert into sqlite_stat1 values ('allocations', 'allocations_by_source', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('allocations', 'allocations_by_invoice', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_statements', 'bank_statements', '1000000 1000000 1');
insert into sqlite_stat1 values ('bank_statements', 'bank_statements_key_iban_reference', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines', '1000000 1000000 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines_by_statement', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines_by_counterparty_iban', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines_by_payment', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('bank_lines', 'bank_lines_by_state_booked_on', '1000000 1000000 250000 16 1');
insert into sqlite_stat1 values ('users', 'users', '1000000 1000000 1');
insert into sqlite_stat1 values ('users', 'users_key_email', '1000000 1000000 1');
insert into sqlite_stat1 values ('sessions', 'sessions', '1000000 1000000 1');
insert into sqlite_stat1 values ('sessions', 'sessions_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('sessions', 'sessions_key_token_hash', '1000000 1000000 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens', '1000000 1000000 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens_by_user', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('api_tokens', 'api_tokens_key_token_hash', '1000000 1000000 1');
insert into sqlite_stat1 values ('imports', 'imports', '1000000 1000000 1');
insert into sqlite_stat1 values ('imports', 'imports_by_entity', '1000000 1000000 16 1');
insert into sqlite_stat1 values ('import_rows', 'import_rows', '1000000 1000000 1');
insert into sqlite_stat1 values ('import_rows', 'import_rows_key_batch_rank', '1000000 1000000 16 1');
analyze sqlite_schema;
