-- What the store keeps for itself: companies, counters, the outbox, the audit, idempotency, search.
create extension if not exists pg_trgm;
create table tenant (company bigint primary key, currency text not null, created_at bigint not null);
create table migration (number bigint primary key, name text not null, at bigint not null);
create table counter (company bigint not null, series text collate "C" not null, value bigint not null, primary key (company, series));
create sequence event_seq;
-- `xid` tells the reader of the feed which transactions were still open: their events come later.
create table event (company bigint not null, seq bigint not null default nextval('event_seq'), at bigint not null, name text not null, entity text collate "C" not null, record bytea not null, actor bytea, facts text not null, xid xid8 not null default pg_current_xact_id(), primary key (company, seq));
create index event_by_record on event (company, entity, record, seq);
create sequence audit_seq;
create table audit (company bigint not null, seq bigint not null default nextval('audit_seq'), at bigint not null, actor bytea, actor_name text not null, door text not null, entity text collate "C" not null, record bytea not null, verb text not null, changes text not null, primary key (company, seq));
create index audit_by_record on audit (company, entity, record, seq);
create function audit_fixed() returns trigger language plpgsql as $$ begin raise exception 'audit.fixed'; end $$;
create trigger audit_is_fixed before update or delete on audit for each row execute function audit_fixed();
create table idempotency (company bigint not null, key text collate "C" not null, fingerprint text not null, answer text not null, at bigint not null, primary key (company, key));
create table consumer (company bigint not null, name text collate "C" not null, seq bigint not null, primary key (company, name));
create table delivery (company bigint not null, consumer text collate "C" not null, seq bigint not null, attempts bigint not null, next_at bigint not null, fault text not null, primary key (company, consumer, seq));
create table search_text (company bigint not null, entity text collate "C" not null, id bytea not null, text text not null, primary key (company, entity, id));
create index search_text_by_trigram on search_text using gin (text gin_trgm_ops);

create table "custom_fields" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "entity" text collate "C" not null check (length("entity") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "label_fr" text collate "C" not null check (length("label_fr") <= 200),
  "label_en" text collate "C" not null check (length("label_en") <= 200),
  "kind" text collate "C" not null check ("kind" in ('text', 'number', 'day', 'flag', 'choice')),
  "values" text collate "C",
  "required" bigint not null check ("required" in (0, 1)),
  primary key (company, id)
);
create unique index "custom_fields_key_entity_name" on "custom_fields" (company, "entity", "name");

create table "payment_terms" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "name_en" text collate "C" check (length("name_en") <= 200),
  "days" bigint not null,
  "end_of_month" bigint not null check ("end_of_month" in (0, 1)),
  primary key (company, id)
);
create unique index "payment_terms_key_code" on "payment_terms" (company, "code");

create table "units" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "name_en" text collate "C" check (length("name_en") <= 200),
  primary key (company, id)
);
create unique index "units_key_code" on "units" (company, "code");

create table "taxes" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "name_en" text collate "C" check (length("name_en") <= 200),
  "rate" bigint not null,
  "category" text collate "C" not null check ("category" in ('standard', 'intra_community', 'export', 'exempt', 'reverse_charge', 'out_of_scope')),
  "exemption_code" text collate "C" check (length("exemption_code") <= 200),
  "exemption_text" text collate "C" check (length("exemption_text") <= 200),
  primary key (company, id)
);
create unique index "taxes_key_code" on "taxes" (company, "code");
create unique index "taxes_key_category_rate" on "taxes" (company, "category", "rate");

create table "companies" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "name" text collate "C" not null check (length("name") <= 200),
  "legal_form" text collate "C" check (length("legal_form") <= 200),
  "capital" bigint,
  "capital_currency" text collate "C" check (length("capital_currency") = 3),
  "siren" text collate "C" check (length("siren") <= 200),
  "siret" text collate "C" check (length("siret") <= 200),
  "vat_number" text collate "C" check (length("vat_number") <= 200),
  "register" text collate "C" check (length("register") <= 200),
  "naf" text collate "C" check (length("naf") <= 200),
  "street" text collate "C" check (length("street") <= 200),
  "postcode" text collate "C" check (length("postcode") <= 200),
  "city" text collate "C" check (length("city") <= 200),
  "country" text collate "C" check (length("country") <= 200),
  "email" text collate "C" check (length("email") <= 200),
  "phone" text collate "C" check (length("phone") <= 200),
  "website" text collate "C" check (length("website") <= 200),
  "iban" text collate "C" check (length("iban") <= 200),
  "bic" text collate "C" check (length("bic") <= 200),
  "vat_on_debits" bigint not null check ("vat_on_debits" in (0, 1)),
  "vat_franchise" bigint not null check ("vat_franchise" in (0, 1)),
  "credit_limit" bigint,
  "credit_limit_currency" text collate "C" check (length("credit_limit_currency") = 3),
  "payment_term" bytea,
  "late_penalty_rate" bigint,
  "fiscal_year_month" bigint,
  primary key (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id)
);

create table "products" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "sku" text collate "C" not null check (length("sku") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "name_en" text collate "C" check (length("name_en") <= 200),
  "kind" text collate "C" not null check ("kind" in ('goods', 'service')),
  "family" text collate "C" check (length("family") <= 200),
  "unit" bytea not null,
  "price" bigint not null,
  "price_currency" text collate "C" not null check (length("price_currency") = 3),
  "cost" bigint,
  "cost_currency" text collate "C" check (length("cost_currency") = 3),
  "tax" bytea not null,
  "made" bigint not null check ("made" in (0, 1)),
  "barcode" text collate "C" check (length("barcode") <= 200),
  "weight_g" bigint,
  "lead_days" bigint,
  "reorder_point" bigint,
  "archived" bigint not null check ("archived" in (0, 1)),
  primary key (company, id),
  foreign key (company, "unit") references "units" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
);
create unique index "products_key_sku" on "products" (company, "sku");
create index "products_by_family" on "products" (company, "family", id);
create index "products_by_barcode" on "products" (company, "barcode", id);

create table "price_lists" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "discount" bigint,
  primary key (company, id)
);
create unique index "price_lists_key_code" on "price_lists" (company, "code");

create table "price_list_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "price_list" bytea not null,
  "product" bytea not null,
  "from_quantity" bigint,
  "price" bigint not null,
  "price_currency" text collate "C" not null check (length("price_currency") = 3),
  primary key (company, id),
  foreign key (company, "price_list") references "price_lists" (company, id),
  foreign key (company, "product") references "products" (company, id)
);
create index "price_list_lines_by_price_list" on "price_list_lines" (company, "price_list", id);
create index "price_list_lines_by_price_list_product" on "price_list_lines" (company, "price_list", "product", id);

create table "parties" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "kind" text collate "C" not null check ("kind" in ('company', 'person')),
  "customer" bigint not null check ("customer" in (0, 1)),
  "supplier" bigint not null check ("supplier" in (0, 1)),
  "siren" text collate "C" check (length("siren") <= 200),
  "siret" text collate "C" check (length("siret") <= 200),
  "vat_number" text collate "C" check (length("vat_number") <= 200),
  "email" text collate "C" check (length("email") <= 200),
  "phone" text collate "C" check (length("phone") <= 200),
  "street" text collate "C" check (length("street") <= 200),
  "postcode" text collate "C" check (length("postcode") <= 200),
  "city" text collate "C" check (length("city") <= 200),
  "country" text collate "C" check (length("country") <= 200),
  "language" text collate "C" not null check ("language" in ('fr', 'en')),
  "sector" text collate "C" check (length("sector") <= 200),
  "payment_term" bytea,
  "price_list" bytea,
  "credit_limit" bigint,
  "credit_limit_currency" text collate "C" check (length("credit_limit_currency") = 3),
  "standing" text collate "C" not null check ("standing" in ('good', 'late', 'blocked')),
  primary key (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "price_list") references "price_lists" (company, id)
);
create unique index "parties_key_code" on "parties" (company, "code");
create index "parties_by_customer" on "parties" (company, "customer", id);
create index "parties_by_supplier" on "parties" (company, "supplier", id);
create index "parties_by_siren" on "parties" (company, "siren", id);
create index "parties_by_sector" on "parties" (company, "sector", id);
create index "parties_by_standing" on "parties" (company, "standing", id);

create table "addresses" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "party" bytea not null,
  "label" text collate "C" check (length("label") <= 200),
  "kind" text collate "C" not null check ("kind" in ('delivery', 'billing')),
  "street" text collate "C" check (length("street") <= 200),
  "postcode" text collate "C" check (length("postcode") <= 200),
  "city" text collate "C" check (length("city") <= 200),
  "country" text collate "C" check (length("country") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create index "addresses_by_party" on "addresses" (company, "party", id);

create table "contacts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "party" bytea not null,
  "first_name" text collate "C" check (length("first_name") <= 200),
  "last_name" text collate "C" not null check (length("last_name") <= 200),
  "role" text collate "C" check (length("role") <= 200),
  "email" text collate "C" check (length("email") <= 200),
  "phone" text collate "C" check (length("phone") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create index "contacts_by_party" on "contacts" (company, "party", id);

create table "interactions" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "party" bytea not null,
  "about" text collate "C",
  "kind" text collate "C" not null check ("kind" in ('note', 'call', 'mail', 'task', 'fact')),
  "at" bigint not null,
  "subject" text collate "C" not null check (length("subject") <= 200),
  "body" text collate "C",
  "due_on" bigint,
  "done" bigint not null check ("done" in (0, 1)),
  "author" text collate "C" check (length("author") <= 200),
  "code" text collate "C" check (length("code") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create index "interactions_by_about" on "interactions" (company, "about", id);
create index "interactions_by_party_at" on "interactions" (company, "party", "at", id);
create index "interactions_by_done_due_on" on "interactions" (company, "done", "due_on", id);

create table "opportunities" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "title" text collate "C" not null check (length("title") <= 200),
  "party" bytea not null,
  "stage" text collate "C" not null check ("stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "amount" bigint,
  "amount_currency" text collate "C" check (length("amount_currency") = 3),
  "probability" bigint,
  "expected_on" bigint,
  "next_step" text collate "C" check (length("next_step") <= 200),
  "next_step_on" bigint,
  "lost_reason" text collate "C" check (length("lost_reason") <= 200),
  "seller" text collate "C" check (length("seller") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create unique index "opportunities_key_number" on "opportunities" (company, "number");
create index "opportunities_by_party" on "opportunities" (company, "party", id);
create index "opportunities_by_seller" on "opportunities" (company, "seller", id);
create index "opportunities_by_stage_expected_on" on "opportunities" (company, "stage", "expected_on", id);

create table "stage_changes" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "opportunity" bytea not null,
  "from_stage" text collate "C" check ("from_stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "to_stage" text collate "C" not null check ("to_stage" in ('new', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  "at" bigint not null,
  "made_by" text collate "C" not null check (length("made_by") <= 200),
  primary key (company, id),
  foreign key (company, "opportunity") references "opportunities" (company, id)
);
create index "stage_changes_by_opportunity" on "stage_changes" (company, "opportunity", id);

create table "quotes" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "party" bytea not null,
  "opportunity" bytea,
  "subject" text collate "C" check (length("subject") <= 200),
  "revision" bigint not null,
  "state" text collate "C" not null check ("state" in ('draft', 'sent', 'accepted', 'refused', 'expired', 'superseded')),
  "quoted_on" bigint not null,
  "valid_until" bigint,
  "reference" text collate "C" check (length("reference") <= 200),
  "payment_term" bytea,
  "deposit_rate" bigint,
  "seller" text collate "C" check (length("seller") <= 200),
  "note" text collate "C",
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "tax_amount" bigint not null,
  "tax_amount_currency" text collate "C" not null check (length("tax_amount_currency") = 3),
  "total" bigint not null,
  "total_currency" text collate "C" not null check (length("total_currency") = 3),
  "margin" bigint not null,
  "margin_currency" text collate "C" not null check (length("margin_currency") = 3),
  "sent_at" bigint,
  "acceptance_token" text collate "C" check (length("acceptance_token") <= 200),
  "accepted_by" text collate "C" check (length("accepted_by") <= 200),
  "accepted_at" bigint,
  "refused_reason" text collate "C" check (length("refused_reason") <= 200),
  "previous" bytea,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "opportunity") references "opportunities" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "previous") references "quotes" (company, id)
);
create unique index "quotes_key_number" on "quotes" (company, "number");
create index "quotes_by_opportunity" on "quotes" (company, "opportunity", id);
create index "quotes_by_seller" on "quotes" (company, "seller", id);
create unique index "quotes_key_acceptance_token" on "quotes" (company, "acceptance_token");
create index "quotes_by_previous" on "quotes" (company, "previous", id);
create index "quotes_by_party_quoted_on" on "quotes" (company, "party", "quoted_on", id);
create index "quotes_by_state_valid_until" on "quotes" (company, "state", "valid_until", id);

create table "quote_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "quote" bytea not null,
  "rank" bigint,
  "product" bytea not null,
  "description" text collate "C" check (length("description") <= 200),
  "quantity" bigint not null,
  "unit_price" bigint,
  "unit_price_currency" text collate "C" check (length("unit_price_currency") = 3),
  "discount" bigint,
  "tax" bytea,
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "unit_cost" bigint not null,
  "unit_cost_currency" text collate "C" not null check (length("unit_cost_currency") = 3),
  primary key (company, id),
  foreign key (company, "quote") references "quotes" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
);
create index "quote_lines_by_quote" on "quote_lines" (company, "quote", id);

create table "orders" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "party" bytea not null,
  "reference" text collate "C" check (length("reference") <= 200),
  "quote" bytea,
  "ordered_on" bigint,
  "wanted_on" bigint,
  "payment_term" bytea,
  "deposit_rate" bigint,
  "invoicing" text collate "C" not null check ("invoicing" in ('on_delivery', 'on_order')),
  "seller" text collate "C" check (length("seller") <= 200),
  "delivery_name" text collate "C" check (length("delivery_name") <= 200),
  "delivery_street" text collate "C" check (length("delivery_street") <= 200),
  "delivery_postcode" text collate "C" check (length("delivery_postcode") <= 200),
  "delivery_city" text collate "C" check (length("delivery_city") <= 200),
  "delivery_country" text collate "C" check (length("delivery_country") <= 200),
  "stage" text collate "C" not null check ("stage" in ('draft', 'confirmed', 'closed', 'cancelled')),
  "reservation" text collate "C" not null check ("reservation" in ('none', 'partial', 'full')),
  "delivery" text collate "C" not null check ("delivery" in ('none', 'partial', 'full')),
  "invoicing_state" text collate "C" not null check ("invoicing_state" in ('none', 'partial', 'full')),
  "payment" text collate "C" not null check ("payment" in ('none', 'partial', 'full', 'overdue')),
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "tax_amount" bigint not null,
  "tax_amount_currency" text collate "C" not null check (length("tax_amount_currency") = 3),
  "total" bigint not null,
  "total_currency" text collate "C" not null check (length("total_currency") = 3),
  "margin" bigint not null,
  "margin_currency" text collate "C" not null check (length("margin_currency") = 3),
  "confirmed_at" bigint,
  "promised_on" bigint,
  "closed_reason" text collate "C" check (length("closed_reason") <= 200),
  "note" text collate "C",
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "quote") references "quotes" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id)
);
create unique index "orders_key_number" on "orders" (company, "number");
create index "orders_by_reference" on "orders" (company, "reference", id);
create index "orders_by_quote" on "orders" (company, "quote", id);
create index "orders_by_seller" on "orders" (company, "seller", id);
create index "orders_by_party_ordered_on" on "orders" (company, "party", "ordered_on", id);
create index "orders_by_stage_ordered_on" on "orders" (company, "stage", "ordered_on", id);

create table "order_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "order" bytea not null,
  "rank" bigint,
  "product" bytea not null,
  "description" text collate "C" check (length("description") <= 200),
  "quantity" bigint not null,
  "unit_price" bigint,
  "unit_price_currency" text collate "C" check (length("unit_price_currency") = 3),
  "discount" bigint,
  "tax" bytea,
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "unit_cost" bigint not null,
  "unit_cost_currency" text collate "C" not null check (length("unit_cost_currency") = 3),
  "reserved" bigint not null,
  "delivered" bigint not null,
  "invoiced" bigint not null,
  "promised_on" bigint,
  primary key (company, id),
  foreign key (company, "order") references "orders" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id)
);
create index "order_lines_by_order" on "order_lines" (company, "order", id);
create index "order_lines_by_product" on "order_lines" (company, "product", id);

create table "holds" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "order" bytea not null,
  "kind" text collate "C" not null check ("kind" in ('credit', 'stock', 'data', 'manual')),
  "reason" text collate "C" not null check (length("reason") <= 200),
  "sentence_fr" text collate "C" not null,
  "sentence_en" text collate "C" not null,
  "facts" text collate "C",
  "owner" text collate "C" not null check (length("owner") <= 200),
  "opened_at" bigint not null,
  "released_at" bigint,
  "released_by" text collate "C" check (length("released_by") <= 200),
  "note" text collate "C" check (length("note") <= 200),
  primary key (company, id),
  foreign key (company, "order") references "orders" (company, id)
);
create index "holds_by_order" on "holds" (company, "order", id);
create index "holds_by_released_at_kind" on "holds" (company, "released_at", "kind", id);

create table "locations" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "name_en" text collate "C" check (length("name_en") <= 200),
  "kind" text collate "C" not null check ("kind" in ('stock', 'supplier', 'customer', 'loss', 'production', 'quarantine')),
  primary key (company, id)
);
create unique index "locations_key_code" on "locations" (company, "code");
create index "locations_by_kind" on "locations" (company, "kind", id);

create table "stock_levels" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "product" bytea not null,
  "location" bytea not null,
  "kind" text collate "C" not null check ("kind" in ('stock', 'supplier', 'customer', 'loss', 'production', 'quarantine')),
  "on_hand" bigint not null,
  "reserved" bigint not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "location") references "locations" (company, id)
);
create index "stock_levels_by_kind" on "stock_levels" (company, "kind", id);
create unique index "stock_levels_key_product_location" on "stock_levels" (company, "product", "location");

create table "stock_moves" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "day" bigint not null,
  "product" bytea not null,
  "source" bytea not null,
  "target" bytea not null,
  "reason" text collate "C" not null check ("reason" in ('receipt', 'issue', 'return', 'count', 'found', 'transfer')),
  "quantity" bigint not null,
  "unit_cost" bigint not null,
  "unit_cost_currency" text collate "C" not null check (length("unit_cost_currency") = 3),
  "value" bigint not null,
  "value_currency" text collate "C" not null check (length("value_currency") = 3),
  "at" bigint not null,
  "origin" text collate "C" not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "source") references "locations" (company, id),
  foreign key (company, "target") references "locations" (company, id)
);
create index "stock_moves_by_origin" on "stock_moves" (company, "origin", id);
create index "stock_moves_by_product_day" on "stock_moves" (company, "product", "day", id);

create table "valuations" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "product" bytea not null,
  "quantity" bigint not null,
  "value" bigint not null,
  "value_currency" text collate "C" not null check (length("value_currency") = 3),
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id)
);
create unique index "valuations_key_product" on "valuations" (company, "product");

create table "reservations" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "product" bytea not null,
  "location" bytea not null,
  "quantity" bigint not null,
  "origin" text collate "C" not null,
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "location") references "locations" (company, id)
);
create index "reservations_by_product" on "reservations" (company, "product", id);
create unique index "reservations_key_origin_location" on "reservations" (company, "origin", "location");

create table "expected_receipts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "product" bytea not null,
  "quantity" bigint not null,
  "due_on" bigint not null,
  "unit_cost" bigint,
  "unit_cost_currency" text collate "C" check (length("unit_cost_currency") = 3),
  "reference" text collate "C" check (length("reference") <= 200),
  "received" bigint not null,
  "done" bigint not null check ("done" in (0, 1)),
  "origin" text collate "C",
  primary key (company, id),
  foreign key (company, "product") references "products" (company, id)
);
create index "expected_receipts_by_due_on" on "expected_receipts" (company, "due_on", id);
create index "expected_receipts_by_done" on "expected_receipts" (company, "done", id);
create index "expected_receipts_by_product_due_on" on "expected_receipts" (company, "product", "due_on", id);

create table "stock_counts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "location" bytea not null,
  "counted_on" bigint not null,
  "state" text collate "C" not null check ("state" in ('draft', 'applied')),
  "applied_at" bigint,
  "note" text collate "C",
  primary key (company, id),
  foreign key (company, "location") references "locations" (company, id)
);
create unique index "stock_counts_key_number" on "stock_counts" (company, "number");
create index "stock_counts_by_counted_on" on "stock_counts" (company, "counted_on", id);
create index "stock_counts_by_state" on "stock_counts" (company, "state", id);

create table "stock_count_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "stock_count" bytea not null,
  "product" bytea not null,
  "counted" bigint not null,
  "expected" bigint not null,
  primary key (company, id),
  foreign key (company, "stock_count") references "stock_counts" (company, id),
  foreign key (company, "product") references "products" (company, id)
);
create index "stock_count_lines_by_stock_count" on "stock_count_lines" (company, "stock_count", id);

create table "shipments" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "party" bytea not null,
  "origin" text collate "C",
  "state" text collate "C" not null check ("state" in ('draft', 'picked', 'packed', 'shipped', 'delivered', 'cancelled')),
  "carrier" text collate "C" check (length("carrier") <= 200),
  "tracking" text collate "C" check (length("tracking") <= 200),
  "parcels" bigint,
  "weight_g" bigint,
  "name" text collate "C" check (length("name") <= 200),
  "street" text collate "C" check (length("street") <= 200),
  "postcode" text collate "C" check (length("postcode") <= 200),
  "city" text collate "C" check (length("city") <= 200),
  "country" text collate "C" check (length("country") <= 200),
  "planned_on" bigint,
  "shipped_on" bigint,
  "delivered_on" bigint,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create unique index "shipments_key_number" on "shipments" (company, "number");
create index "shipments_by_party" on "shipments" (company, "party", id);
create index "shipments_by_origin" on "shipments" (company, "origin", id);
create index "shipments_by_state" on "shipments" (company, "state", id);
create index "shipments_by_planned_on" on "shipments" (company, "planned_on", id);
create index "shipments_by_shipped_on" on "shipments" (company, "shipped_on", id);

create table "shipment_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "shipment" bytea not null,
  "product" bytea not null,
  "description" text collate "C" check (length("description") <= 200),
  "quantity" bigint not null,
  "origin" text collate "C",
  primary key (company, id),
  foreign key (company, "shipment") references "shipments" (company, id),
  foreign key (company, "product") references "products" (company, id)
);
create index "shipment_lines_by_shipment" on "shipment_lines" (company, "shipment", id);
create index "shipment_lines_by_origin" on "shipment_lines" (company, "origin", id);

create table "accounts" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" not null check (length("number") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  primary key (company, id)
);
create unique index "accounts_key_number" on "accounts" (company, "number");

create table "journals" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  primary key (company, id)
);
create unique index "journals_key_code" on "journals" (company, "code");

create table "fiscal_years" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "code" text collate "C" not null check (length("code") <= 200),
  "starts_on" bigint not null,
  "ends_on" bigint not null,
  "locked_until" bigint,
  "closed" bigint not null check ("closed" in (0, 1)),
  primary key (company, id)
);
create unique index "fiscal_years_key_code" on "fiscal_years" (company, "code");
create index "fiscal_years_by_starts_on" on "fiscal_years" (company, "starts_on", id);

create table "journal_entries" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "journal" bytea not null,
  "fiscal_year" bytea not null,
  "number" bigint,
  "day" bigint not null,
  "label" text collate "C" not null check (length("label") <= 200),
  "piece" text collate "C" not null check (length("piece") <= 200),
  "piece_day" bigint not null,
  "origin" text collate "C",
  "state" text collate "C" not null check ("state" in ('draft', 'posted')),
  "posted_at" bigint,
  primary key (company, id),
  foreign key (company, "journal") references "journals" (company, id),
  foreign key (company, "fiscal_year") references "fiscal_years" (company, id)
);
create index "journal_entries_by_day" on "journal_entries" (company, "day", id);
create unique index "journal_entries_key_journal_fiscal_year_number" on "journal_entries" (company, "journal", "fiscal_year", "number");

create table "journal_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "entry" bytea not null,
  "account" bytea not null,
  "party" bytea,
  "label" text collate "C" check (length("label") <= 200),
  "debit" bigint not null,
  "debit_currency" text collate "C" not null check (length("debit_currency") = 3),
  "credit" bigint not null,
  "credit_currency" text collate "C" not null check (length("credit_currency") = 3),
  "due_on" bigint,
  "lettering" text collate "C" check (length("lettering") <= 200),
  "lettered_on" bigint,
  primary key (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id),
  foreign key (company, "account") references "accounts" (company, id),
  foreign key (company, "party") references "parties" (company, id)
);
create index "journal_lines_by_entry" on "journal_lines" (company, "entry", id);
create index "journal_lines_by_account_party_lettering" on "journal_lines" (company, "account", "party", "lettering", id);

create table "invoices" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "kind" text collate "C" not null check ("kind" in ('invoice', 'deposit', 'credit_note')),
  "party" bytea not null,
  "origin" text collate "C",
  "state" text collate "C" not null check ("state" in ('draft', 'posted')),
  "issued_on" bigint,
  "due_on" bigint,
  "delivered_on" bigint,
  "order_number" text collate "C" check (length("order_number") <= 200),
  "order_day" bigint,
  "purchase_order" text collate "C" check (length("purchase_order") <= 200),
  "buyer_reference" text collate "C" check (length("buyer_reference") <= 200),
  "delivery_note" text collate "C" check (length("delivery_note") <= 200),
  "delivery_name" text collate "C" check (length("delivery_name") <= 200),
  "delivery_street" text collate "C" check (length("delivery_street") <= 200),
  "delivery_postcode" text collate "C" check (length("delivery_postcode") <= 200),
  "delivery_city" text collate "C" check (length("delivery_city") <= 200),
  "delivery_country" text collate "C" check (length("delivery_country") <= 200),
  "payment_term" bytea,
  "preceding" bytea,
  "reason" text collate "C" check (length("reason") <= 200),
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "tax_amount" bigint not null,
  "tax_amount_currency" text collate "C" not null check (length("tax_amount_currency") = 3),
  "total" bigint not null,
  "total_currency" text collate "C" not null check (length("total_currency") = 3),
  "prepaid" bigint not null,
  "prepaid_currency" text collate "C" not null check (length("prepaid_currency") = 3),
  "due" bigint not null,
  "due_currency" text collate "C" not null check (length("due_currency") = 3),
  "open" bigint not null,
  "open_currency" text collate "C" not null check (length("open_currency") = 3),
  "tax_on_payment" bigint not null,
  "tax_on_payment_currency" text collate "C" not null check (length("tax_on_payment_currency") = 3),
  "dunning_level" bigint not null,
  "dunned_on" bigint,
  "entry" bytea,
  "snapshot" text collate "C",
  "sent_at" bigint,
  "sent_to" text collate "C" check (length("sent_to") <= 200),
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "payment_term") references "payment_terms" (company, id),
  foreign key (company, "preceding") references "invoices" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id)
);
create unique index "invoices_key_number" on "invoices" (company, "number");
create index "invoices_by_origin" on "invoices" (company, "origin", id);
create index "invoices_by_issued_on" on "invoices" (company, "issued_on", id);
create index "invoices_by_preceding" on "invoices" (company, "preceding", id);
create index "invoices_by_party_state" on "invoices" (company, "party", "state", id);
create index "invoices_by_state_due_on" on "invoices" (company, "state", "due_on", id);

create table "invoice_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "invoice" bytea not null,
  "rank" bigint not null,
  "product" bytea,
  "sku" text collate "C" check (length("sku") <= 200),
  "description" text collate "C" not null check (length("description") <= 200),
  "quantity" bigint not null,
  "unit" text collate "C" check (length("unit") <= 200),
  "unit_price" bigint not null,
  "unit_price_currency" text collate "C" not null check (length("unit_price_currency") = 3),
  "discount" bigint,
  "tax" bytea,
  "net" bigint not null,
  "net_currency" text collate "C" not null check (length("net_currency") = 3),
  "origin" text collate "C",
  "account" text collate "C" check (length("account") <= 200),
  "credits" bytea,
  "tax_on_payment" bigint not null check ("tax_on_payment" in (0, 1)),
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id),
  foreign key (company, "product") references "products" (company, id),
  foreign key (company, "tax") references "taxes" (company, id),
  foreign key (company, "credits") references "invoice_lines" (company, id)
);
create index "invoice_lines_by_invoice" on "invoice_lines" (company, "invoice", id);
create index "invoice_lines_by_credits" on "invoice_lines" (company, "credits", id);

create table "invoice_deductions" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "invoice" bytea not null,
  "deposit" bytea not null,
  "amount" bigint not null,
  "amount_currency" text collate "C" not null check (length("amount_currency") = 3),
  "tax_amount" bigint not null,
  "tax_amount_currency" text collate "C" not null check (length("tax_amount_currency") = 3),
  "line" bytea,
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id),
  foreign key (company, "deposit") references "invoices" (company, id),
  foreign key (company, "line") references "journal_lines" (company, id)
);
create index "invoice_deductions_by_invoice" on "invoice_deductions" (company, "invoice", id);
create index "invoice_deductions_by_deposit" on "invoice_deductions" (company, "deposit", id);

create table "payments" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "number" text collate "C" check (length("number") <= 200),
  "party" bytea not null,
  "day" bigint not null,
  "amount" bigint not null,
  "amount_currency" text collate "C" not null check (length("amount_currency") = 3),
  "method" text collate "C" not null check ("method" in ('transfer', 'card', 'cheque', 'cash')),
  "reference" text collate "C" check (length("reference") <= 200),
  "unallocated" bigint not null,
  "unallocated_currency" text collate "C" not null check (length("unallocated_currency") = 3),
  "origin" text collate "C",
  "entry" bytea,
  "undone_at" bigint,
  "counter_entry" bytea,
  primary key (company, id),
  foreign key (company, "party") references "parties" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id),
  foreign key (company, "counter_entry") references "journal_entries" (company, id)
);
create unique index "payments_key_number" on "payments" (company, "number");
create index "payments_by_party" on "payments" (company, "party", id);
create index "payments_by_day" on "payments" (company, "day", id);
create index "payments_by_origin" on "payments" (company, "origin", id);

create table "allocations" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "source" text collate "C" not null,
  "invoice" bytea not null,
  "amount" bigint not null,
  "amount_currency" text collate "C" not null check (length("amount_currency") = 3),
  "at" bigint not null,
  "undone_at" bigint,
  primary key (company, id),
  foreign key (company, "invoice") references "invoices" (company, id)
);
create index "allocations_by_source" on "allocations" (company, "source", id);
create index "allocations_by_invoice" on "allocations" (company, "invoice", id);

create table "bank_statements" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "reference" text collate "C" not null check (length("reference") <= 200),
  "iban" text collate "C" not null check (length("iban") <= 200),
  "starts_on" bigint not null,
  "ends_on" bigint not null,
  "opening" bigint,
  "opening_currency" text collate "C" check (length("opening_currency") = 3),
  "closing" bigint,
  "closing_currency" text collate "C" check (length("closing_currency") = 3),
  primary key (company, id)
);
create unique index "bank_statements_key_iban_reference" on "bank_statements" (company, "iban", "reference");

create table "bank_lines" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "statement" bytea not null,
  "booked_on" bigint not null,
  "amount" bigint not null,
  "amount_currency" text collate "C" not null check (length("amount_currency") = 3),
  "counterparty" text collate "C" check (length("counterparty") <= 200),
  "counterparty_iban" text collate "C" check (length("counterparty_iban") <= 200),
  "remittance" text collate "C" not null check (length("remittance") <= 200),
  "end_to_end" text collate "C" check (length("end_to_end") <= 200),
  "state" text collate "C" not null check ("state" in ('open', 'matched')),
  "payment" bytea,
  "entry" bytea,
  primary key (company, id),
  foreign key (company, "statement") references "bank_statements" (company, id),
  foreign key (company, "payment") references "payments" (company, id),
  foreign key (company, "entry") references "journal_entries" (company, id)
);
create index "bank_lines_by_statement" on "bank_lines" (company, "statement", id);
create index "bank_lines_by_counterparty_iban" on "bank_lines" (company, "counterparty_iban", id);
create index "bank_lines_by_payment" on "bank_lines" (company, "payment", id);
create index "bank_lines_by_state_booked_on" on "bank_lines" (company, "state", "booked_on", id);

create table "users" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "email" text collate "C" not null check (length("email") <= 200),
  "name" text collate "C" not null check (length("name") <= 200),
  "role" text collate "C" not null check ("role" in ('seller', 'accountant', 'warehouse', 'owner')),
  "language" text collate "C" not null check ("language" in ('fr', 'en')),
  "active" bigint not null check ("active" in (0, 1)),
  "password_hash" text collate "C" not null check (length("password_hash") <= 200),
  primary key (company, id)
);
create unique index "users_key_email" on "users" (company, "email");

create table "sessions" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "token_hash" text collate "C" not null check (length("token_hash") <= 200),
  "expires_at" bigint not null,
  "last_seen" bigint not null,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "sessions_by_user" on "sessions" (company, "user", id);
create unique index "sessions_key_token_hash" on "sessions" (company, "token_hash");

create table "api_tokens" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "user" bytea not null,
  "name" text collate "C" not null check (length("name") <= 200),
  "token_hash" text collate "C" not null check (length("token_hash") <= 200),
  "expires_at" bigint,
  primary key (company, id),
  foreign key (company, "user") references "users" (company, id)
);
create index "api_tokens_by_user" on "api_tokens" (company, "user", id);
create unique index "api_tokens_key_token_hash" on "api_tokens" (company, "token_hash");

create table "imports" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "entity" text collate "C" not null check (length("entity") <= 200),
  "file_name" text collate "C" not null check (length("file_name") <= 200),
  "state" text collate "C" not null check ("state" in ('running', 'done', 'partly_undone', 'undone')),
  "rows" bigint not null,
  "made" bigint not null,
  "changed" bigint not null,
  "refused" bigint not null,
  primary key (company, id)
);
create index "imports_by_entity" on "imports" (company, "entity", id);

create table "import_rows" (
  company bigint not null,
  id bytea not null,
  version bigint not null,
  created_at bigint not null,
  created_by bytea,
  updated_at bigint not null,
  updated_by bytea,
  extra text collate "C",
  "batch" bytea not null,
  "rank" bigint not null,
  "outcome" text collate "C" not null check ("outcome" in ('made', 'changed', 'same', 'refused', 'undone')),
  "about" text collate "C",
  "record_version" bigint,
  "before" text collate "C",
  "refusals" text collate "C",
  primary key (company, id),
  foreign key (company, "batch") references "imports" (company, id)
);
create unique index "import_rows_key_batch_rank" on "import_rows" (company, "batch", "rank");

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
