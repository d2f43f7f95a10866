-- The customer on whose terms a quote or an order was drawn up: known when a draft changes hands.
-- It is the customer of the document as soon as it settles, whose key the row holds already.
alter table "quotes" add column "priced_for" blob;
alter table "orders" add column "priced_for" blob;
update "quotes" set "priced_for" = "party" where "state" = 'draft';
update "orders" set "priced_for" = "party" where "stage" = 'draft';
