use super::*;
use crate::{
    Actor, Catalog, CompanyNumber, Currency, CustomField, Door, Entity, Fault, Grants, Id,
    Language, Lines, Module, Money, Quantity, Rules,
};

#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(fr = "Client", en = "Customer", frs = "Clients", ens = "Customers")]
struct Customer {
    #[field(fr = "Nom", en = "Name", list, search, title)]
    name: String,
    #[field(fr = "Pays", en = "Country")]
    country: String,
    #[field(fr = "Note interne", en = "Internal note", sensitive)]
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(fr = "Article", en = "Product", frs = "Articles", ens = "Products")]
struct Product {
    #[field(fr = "Référence", en = "SKU", list, title)]
    sku: String,
}

#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(fr = "Commande", en = "Order", frs = "Commandes", ens = "Orders")]
struct Order {
    #[field(fr = "Client", en = "Customer", list, index)]
    customer: Id<Customer>,
    #[field(fr = "Étape", en = "Stage", list)]
    stage: Stage,
    #[field(fr = "Total TTC", en = "Total incl. tax", list)]
    total: Option<Money>,
    #[field(fr = "Date de commande", en = "Ordered on", list)]
    ordered_on: Option<crate::Day>,
    #[field(fr = "Urgente", en = "Urgent")]
    urgent: bool,
    #[field(fr = "Lignes", en = "Lines")]
    lines: Lines<OrderLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, kernel_derive::Choice)]
enum Stage {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Confirmée et payée", en = "Confirmed and paid")]
    Confirmed,
}

#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(fr = "Ligne", en = "Line", frs = "Lignes", ens = "Lines")]
struct OrderLine {
    #[field(fr = "Commande", en = "Order", parent)]
    order: Id<Order>,
    #[field(fr = "Article", en = "Product")]
    product: Option<Id<Product>>,
    #[field(fr = "Quantité", en = "Quantity")]
    quantity: Quantity,
}

#[derive(Debug, Clone, PartialEq, kernel_derive::Entity)]
#[entity(fr = "Règlement", en = "Payment", frs = "Règlements", ens = "Payments")]
struct Payment {
    #[field(fr = "Client", en = "Customer", list, index)]
    customer: Id<Customer>,
    #[field(fr = "Montant", en = "Amount")]
    amount: Money,
    #[field(fr = "Reçu le", en = "Received on")]
    received_on: crate::Day,
}

impl Rules for Customer {}
impl Rules for Product {}
impl Rules for Order {}
impl Rules for OrderLine {}
impl Rules for Payment {}

static MODULE: Module = Module {
    name: "sieve",
    entities: &[Customer::DEF, Product::DEF, Order::DEF, OrderLine::DEF, Payment::DEF],
    actions: &[],
    settles: &[],
    guards: &[],
};

fn catalog() -> Catalog {
    Catalog { modules: vec![&MODULE] }
}

fn actor(language: Language, grants: Grants) -> Actor {
    Actor { language, grants, ..Actor::house(CompanyNumber(1), Door::Web) }
}

fn zone() -> CustomField {
    CustomField {
        entity: "customer".into(),
        name: "zone".into(),
        label_fr: "Zone de vente".into(),
        label_en: "Sales area".into(),
        kind: CustomKind::Choice,
        values: Some(crate::LongText("Nord\nSud-Est".into())),
        required: false,
    }
}

fn scope<'a>(catalog: &'a Catalog, actor: &'a Actor) -> Scope<'a> {
    let weight = CustomField {
        entity: "order".into(),
        name: "weight".into(),
        label_fr: "Poids".into(),
        label_en: "Weight".into(),
        kind: CustomKind::Number,
        values: None,
        required: false,
    };
    Scope { catalog, actor, currency: Currency::EUR, custom: vec![zone(), weight] }
}

fn in_french<T>(work: impl FnOnce(&Scope<'_>) -> T) -> T {
    let (catalog, actor) = (catalog(), actor(Language::French, Grants::everything()));
    work(&scope(&catalog, &actor))
}

fn tree(text: &str) -> Sieve {
    in_french(|scope| read(scope, Order::DEF, text).unwrap().unwrap())
}

fn refusal(text: &str) -> Fault {
    in_french(|scope| read(scope, Order::DEF, text).unwrap_err())
}

fn names(sieve: &Sieve) -> String {
    in_french(|scope| write(scope, Order::DEF, sieve, Style::Names))
}

#[test]
fn a_sieve_crosses_relations_and_looks_inside_lines() {
    let text = "customer.country:FR and (total > 5000 or stage:confirmed) \
                and not lines.product.sku:LAMPE";
    assert_eq!(names(&tree(text)), text.replace("5000", "5000.00"));
    let Condition::All(parts) = tree(text).condition(crate::Day(0)) else { panic!("{text}") };
    assert_eq!(parts.len(), 3);
    let country = Condition::Contains("country", "FR".into());
    assert_eq!(parts[0], Condition::Through("customer", Customer::DEF, Box::new(country)));
    let Condition::Not(lines) = &parts[2] else { panic!("{parts:?}") };
    let Condition::Some(related, product) = &**lines else { panic!("{lines:?}") };
    assert_eq!((related.def.name, related.by), ("order_line", "order"));
    assert!(matches!(&**product, Condition::Through("product", ..)));
}

#[test]
fn the_words_and_the_figures_of_the_reader_mean_the_same() {
    let french = "client.pays:FR et (total_ttc > 5 000,50 € ou étape:\"confirmée et payée\") \
                  et non lignes.article.référence:LAMPE et date_de_commande >= 01/11/2026 \
                  et client.zone_de_vente:nord et urgente:oui";
    let english = "customer.country:FR (total > 5000.50 or stage:confirmed) \
                   and not lines.product.sku:LAMPE and ordered_on >= 2026-11-01 \
                   and customer.extra.zone:Nord and urgent:yes";
    assert_eq!(tree(french), tree(english));
}

#[test]
fn sums_and_counts_of_related_records_are_compared() {
    let text = "customer.country:FR and sum(customer.payments.amount \
                where received_on >= -12m) > 5000";
    let Sieve::All(parts) = tree(text) else { panic!("{text}") };
    let Sieve::Step(_, gauge) = &parts[1] else { panic!("{parts:?}") };
    let Sieve::Measure(gauge) = &**gauge else { panic!("{gauge:?}") };
    assert_eq!(gauge.sum.map(|field| field.name), Some("amount"));
    assert_eq!(gauge.value, Money::eur(500_000).into());
    assert_eq!(names(&tree(text)), text.replace("5000", "5000.00"));
    let same = "client.pays:FR et somme(client.règlements.montant avec reçu_le >= -12m) > 5 000 €";
    assert_eq!(tree(same), tree(text));
    assert_eq!(names(&tree("lines:vide")), "count(lines) = 0");
    assert_eq!(refusal("sum(customer.name) > 1").code, "sieve.measure");
    assert_eq!(refusal("count(customer) > 1").code, "sieve.measure");
}

#[test]
fn days_move_with_the_calendar() {
    let today = crate::Day::of(2026, 11, 24).unwrap();
    let days = |word: &str| {
        let (first, last) = Moment::read(word).unwrap().days(today);
        (first.to_string(), last.to_string())
    };
    let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
    assert_eq!(days("ce mois"), pair("2026-11-01", "2026-11-30"));
    assert_eq!(days("last_quarter"), pair("2026-07-01", "2026-09-30"));
    assert_eq!(days("this-week"), pair("2026-11-23", "2026-11-29"));
    assert_eq!(days("année_prochaine"), pair("2027-01-01", "2027-12-31"));
    assert_eq!(days("-30j"), pair("2026-10-25", "2026-10-25"));
    assert_eq!(days("+1y"), pair("2027-11-24", "2027-11-24"));
    assert!(Moment::read("-30x").is_none() && Moment::read("jadis").is_none());
    let made = tree("created_at:today").condition(today);
    let Condition::All(bounds) = made else { panic!("{made:?}") };
    assert_eq!(bounds.len(), 2);
}

#[test]
fn a_refusal_says_where_and_what_was_expected() {
    let fact = |fault: &Fault, name: &str| {
        let found = fault.facts.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| crate::written(value, Language::French)).unwrap_or_default()
    };
    let fault = refusal("stage:draft and totl > 5");
    assert_eq!((fault.code, fact(&fault, "at").as_str()), ("sieve.field", "17"));
    assert!(fact(&fault, "near").contains("total"), "{}", fact(&fault, "near"));
    let fault = refusal("total > douze");
    assert_eq!((fault.code, fact(&fault, "at").as_str()), ("sieve.value", "9"));
    assert_eq!(refusal("(stage:draft").code, "sieve.expected");
    assert_eq!(refusal("stage").code, "sieve.expected");
    assert_eq!(refusal("stage > draft").code, "sieve.sign");
    assert_eq!(refusal("stage:draft)").code, "sieve.expected");
    assert_eq!(refusal("stage:\"draft").code, "sieve.expected");
    assert_eq!(refusal("stage:perdue").code, "sieve.value");
    assert_eq!(refusal(&"(".repeat(40)).code, "sieve.deep");
    assert_eq!(refusal(&"a".repeat(3_000)).code, "sieve.long");
    assert_eq!(refusal(&"not ".repeat(300)).code, "sieve.deep");
    assert_eq!(refusal(&"urgent:yes ".repeat(90)).code, "sieve.many");
}

#[test]
fn what_is_hidden_cannot_be_asked_however_deep() {
    let catalog = catalog();
    let seller = actor(Language::English, Grants::new(["order.read", "customer.read"]));
    let scope = scope(&catalog, &seller);
    for text in [
        "customer.note:secret",
        "customer(country:FR and (name:x or note:secret))",
        "sum(customer.payments.amount) > 5",
        "lines.quantity > 1",
        "count(lines where quantity > 1) > 0",
        "customer.\"internal note\":x",
    ] {
        let fault = read(&scope, Order::DEF, text).unwrap_err();
        assert!(matches!(fault.code, "forbidden" | "sieve.field"), "{text}: {fault:?}");
    }
    let offers = complete(&scope, Order::DEF, "customer.");
    assert!(!offers.offers.is_empty());
    assert!(offers.offers.iter().all(|offer| !offer.text.contains("note")), "{offers:?}");
    assert!(complete(&scope, Order::DEF, "").offers.iter().all(|offer| offer.label != "Lines"));
}

#[test]
fn one_is_offered_what_may_follow() {
    in_french(|scope| {
        let texts = |text: &str| -> Vec<String> {
            let offers = complete(scope, Order::DEF, text).offers;
            offers.into_iter().map(|offer| offer.text).collect()
        };
        assert!(texts("").contains(&"étape:".to_owned()), "{:?}", texts(""));
        assert_eq!(texts("urgente:oui et ét"), ["urgente:oui et étape:"]);
        assert_eq!(texts("client.pa")[0], "client.pays:");
        assert!(texts("étape:").contains(&"étape:brouillon ".to_owned()), "{:?}", texts("étape:"));
        assert!(texts("total_ttc ").contains(&"total_ttc >= ".to_owned()));
        assert!(texts("date_de_commande:ce").len() >= 3);
        assert_eq!(texts("urgente:oui "), ["urgente:oui et ", "urgente:oui ou "]);
        assert_eq!(texts("client.zone_de_vente:su")[0], "client.zone_de_vente:\"Sud-Est\" ");
        let record = complete(scope, Order::DEF, "client:dup").record.unwrap();
        assert_eq!(record, ("customer", "dup".to_owned(), "client:".to_owned()));
    });
}

#[test]
fn a_tree_is_changed_at_one_place() {
    let change = |text: &str, place: &[usize]| tree(text).changed(place, |_| None);
    let shown = |sieve: Option<Sieve>| sieve.map_or(String::new(), |sieve| names(&sieve));
    let text = "urgent:yes and (stage:draft or total > 5)";
    assert_eq!(shown(change(text, &[0])), "stage:draft or total > 5.00");
    assert_eq!(shown(change(text, &[1, 0])), "urgent:yes and total > 5.00");
    assert_eq!(shown(change("urgent:yes", &[])), "");
    let new = || tree("stage:confirmed");
    assert_eq!(shown(tree("urgent:yes").added(&[], new())), "urgent:yes and stage:confirmed");
    assert_eq!(
        shown(tree(text).added(&[0], new())),
        "(urgent:yes or stage:confirmed) and (stage:draft or total > 5.00)"
    );
    assert_eq!(
        shown(tree(text).added(&[1, 1], new())),
        "urgent:yes and (stage:draft or (total > 5.00 and stage:confirmed))"
    );
    assert_eq!(names(&tree("urgent:yes and stage:draft").turned()), "urgent:yes or stage:draft");
    let deep = tree("lines(quantity > 1 or product.sku:x)");
    assert_eq!(deep.at(Order::DEF, &[0]).unwrap().0.name, "order_line");
    assert_eq!(shown(deep.changed(&[0, 0], |_| None)), "lines.product.sku:x");
}

mod round;
