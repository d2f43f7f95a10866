-- Options of a quote and the proof of its acceptance; what was picked of each line of a shipment;
-- a barcode names one product.
alter table "quote_lines" add column "optional" integer not null default 0 check ("optional" in (0, 1));
alter table "quote_lines" add column "taken" integer not null default 0 check ("taken" in (0, 1));
alter table "quotes" add column "accepted_role" text check (length("accepted_role") <= 200);
alter table "quotes" add column "consent" text;
alter table "quotes" add column "signed_from" text check (length("signed_from") <= 200);
alter table "quotes" add column "signed_with" text check (length("signed_with") <= 200);
alter table "quotes" add column "signature" text;
alter table "shipment_lines" add column "picked" integer not null default 0;
update "shipment_lines" set "picked" = "quantity" where exists (
  select 1 from "shipments" s where s.company = "shipment_lines".company
    and s.id = "shipment_lines"."shipment" and s."state" in ('picked', 'packed', 'shipped', 'delivered'));
-- Of products that share a barcode, the first keeps it: a scanner could not tell them apart.
update "products" set "barcode" = null where "barcode" is not null and exists (
  select 1 from "products" p where p.company = "products".company
    and p."barcode" = "products"."barcode" and p.id < "products".id);
drop index "products_by_barcode";
create unique index "products_key_barcode" on "products" (company, "barcode");

insert into sqlite_stat1 values ('products', 'products_key_barcode', '1000000 1000000 1');
analyze sqlite_schema;
