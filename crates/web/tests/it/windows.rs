//! A list of lines too long for one form: edited part by part.

use axum::http::StatusCode;
use crm::sales::{Order, OrderLine, order};
use identity::Role;
use kernel::{Id, Quantity};
use serde_json::{Value as Json, json};

use crate::app::Page;
use crate::orders::{borrowed, id_of, typed};
use crate::trade::Trade;

const LINES: usize = 250;

/// A draft of so many lines.
pub fn long(trade: &Trade, lines: usize) -> Id<Order> {
    let (party, product) = (trade.customer, trade.lamp);
    let made = trade.run(0, move |tx, actor| {
        let id = tx.insert(&Order::of(party, tx.currency()))?;
        for number in 1..=lines {
            let quantity = Quantity::units(1);
            tx.insert(&OrderLine {
                description: Some(format!("Poste {number:03}")),
                ..OrderLine::of(id, product, quantity, tx.currency())
            })?;
        }
        order::settle(tx, actor, id.raw())?;
        Ok(json!(id.to_string()))
    });
    id_of(made.as_str().unwrap())
}

/// What is stored: each line's description, quantity and amount, by rank.
pub fn stored(trade: &Trade, id: Id<Order>) -> Vec<(String, i64, i64)> {
    trade.read(move |tx| {
        let lines = order::lines(tx, id)?;
        let told = |line: &OrderLine| {
            (line.description.clone().unwrap_or_default(), line.quantity.0, line.net.minor)
        };
        Ok(lines.iter().map(|line| told(line)).collect())
    })
}

/// The form of a page as a browser would send it.
pub fn fields(page: &Page) -> Vec<(String, String)> {
    let from = page.text.find("<form class=\"editor\"").expect("an editor");
    let form = &page.text[from..];
    let form = &form[..form.find("</form>").expect("its end")];
    let attribute = |tag: &str, name: &str| {
        let rest = &tag[tag.find(&format!(" {name}=\""))? + name.len() + 3..];
        Some(rest[..rest.find('"')?].replace("&amp;", "&").replace("&quot;", "\""))
    };
    let mut sent = Vec::new();
    let form = &form[..form.find("<template").unwrap_or(form.len())];
    for tag in form.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("select")) {
        let end = tag.find('>').expect("an end");
        let (Some(name), false) = (attribute(&tag[..end], "name"), tag.contains(" form=\"")) else {
            continue;
        };
        sent.push((name, attribute(&tag[..end], "value").unwrap_or_default()));
    }
    for select in form.split("<select").skip(1) {
        let name = attribute(&select[..select.find('>').unwrap()], "name").unwrap();
        let options = &select[..select.find("</select>").unwrap()];
        let chosen = options.split("<option").find(|option| option.contains(" selected"));
        let value = chosen.and_then(|option| attribute(option, "value")).unwrap_or_default();
        sent.retain(|(known, _)| *known != name);
        sent.push((name, value));
    }
    // The test's own session adds its token; the key is drawn anew.
    sent.retain(|(name, _)| name != "token" && name != "key");
    sent
}

pub fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn without_line(fields: &mut Vec<(String, String)>, rank: usize) {
    let prefix = format!("lines.{rank}.");
    fields.retain(|(name, _)| !name.starts_with(&prefix));
}

pub async fn form(trade: &Trade, id: Id<Order>, query: &str) -> Vec<(String, String)> {
    let page = trade.app.get(&format!("/orders/{id}/edit{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    fields(&page)
}

#[tokio::test]
async fn a_part_of_a_long_order_is_shown_edited_and_saved_and_the_rest_stays() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, LINES);
    let before = stored(&trade, id);
    let page = trade.app.get(&format!("/orders/{id}/edit?lines=150")).await;
    for part in ["Poste 101", "Poste 200", "Lignes 101–200 sur 250", "data-all=\"250\""] {
        page.has(part);
    }
    page.has_not("Poste 100");
    page.has_not("Poste 201");
    // The totals count all lines: 250 lamps at 100 €.
    page.has("25\u{202f}000,00");
    let mut sent = fields(&page);
    set(&mut sent, "lines.4.quantity", "3");
    without_line(&mut sent, 7);
    set(&mut sent, "lines.100.product.text", "LAM-100");
    set(&mut sent, "lines.100.quantity", "2");
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let mut wanted = before;
    wanted[104].1 = 30_000;
    wanted[104].2 = 30_000;
    wanted.remove(107);
    wanted.push(("Lampe d’atelier".into(), 20_000, 20_000));
    assert_eq!(stored(&trade, id), wanted);
    // However many lines are taken out, one that is added comes last.
    let mut sent = form(&trade, id, "").await;
    for rank in 10..60 {
        without_line(&mut sent, rank);
    }
    set(&mut sent, "lines.100.product.text", "LAM-100");
    set(&mut sent, "lines.100.quantity", "5");
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    wanted.drain(10..60);
    wanted.push(("Lampe d’atelier".into(), 50_000, 50_000));
    assert_eq!(stored(&trade, id), wanted);
}

#[tokio::test]
async fn lines_are_searched_and_saving_may_go_on() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, LINES);
    let page = trade.app.get(&format!("/orders/{id}/edit?find=poste+01")).await;
    page.has("10 lignes trouvées sur 250");
    page.has("Poste 019");
    page.has_not("Poste 020");
    let mut sent = fields(&page);
    set(&mut sent, "lines.9.description", "Autre chose");
    set(&mut sent, "do", "stay.lines.201");
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    assert_eq!(saved.location(), format!("/orders/{id}/edit?lines=201"));
    let lines = stored(&trade, id);
    assert_eq!((lines.len(), lines[18].0.as_str()), (LINES, "Autre chose"));
    // Items are found by what they are called, and what is nowhere says so.
    trade.app.get(&format!("/orders/{id}/edit?find=LAM-1")).await.has("Poste 100");
    let none = trade.app.get(&format!("/orders/{id}/edit?find=n%C3%A9ant")).await;
    none.has("Aucune des 250 lignes ne dit cela.");
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&fields(&none))).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    assert_eq!(stored(&trade, id).len(), LINES, "a search that finds nothing removes nothing");
}

#[tokio::test]
async fn a_refusal_stands_on_its_line_or_leads_to_the_part_that_has_it() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, LINES);
    let mut sent = form(&trade, id, "?lines=101").await;
    set(&mut sent, "lines.4.quantity", "-1");
    let refused = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["id=\"f-lines-4-quantity-error\"", "Lignes, 105", "Lignes 101–200 sur 250"] {
        refused.has(part);
    }
    // A line that is not in the form costs beyond all reason since its product was changed.
    let lamp = trade.lamp;
    trade.run(0, move |tx, _| {
        let price = |euros: i64| kernel::Price::of_money(kernel::Money::eur(euros * 100));
        let mut line = order::lines(tx, id)?.remove(229);
        (line.quantity, line.unit_price) = (Quantity::units(99_999_999), Some(price(1)));
        tx.save(&line)?;
        let mut product = tx.get(lamp)?;
        product.cost = Some(price(1_000_000));
        tx.save(&product)?;
        Ok(Json::Null)
    });
    let version = form(&trade, id, "").await;
    let version = version.iter().find(|(name, _)| name == "version").unwrap().1.clone();
    let mut sent = form(&trade, id, "?lines=101").await;
    set(&mut sent, "version", &version);
    let refused = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("Lignes, 230");
    refused.has(&format!("href=\"/orders/{id}/edit?lines=230\""));
}

#[tokio::test]
async fn two_people_in_two_parts_do_not_meet_and_on_the_same_line_they_do() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, LINES);
    let path = format!("/orders/{id}");
    let (mut mine, mut theirs) = (form(&trade, id, "").await, form(&trade, id, "?lines=201").await);
    let mut same = theirs.clone();
    set(&mut theirs, "lines.0.quantity", "7");
    assert_eq!(trade.app.post(&path, &borrowed(&theirs)).await.status, StatusCode::SEE_OTHER);
    set(&mut mine, "lines.0.quantity", "5");
    let saved = trade.app.post(&path, &borrowed(&mine)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let lines = stored(&trade, id);
    assert_eq!((lines[0].1, lines[200].1, lines.len()), (50_000, 70_000, LINES));
    set(&mut same, "lines.0.quantity", "9");
    let stale = trade.app.post(&path, &borrowed(&same)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.has("La fiche, maintenant");
    stale.has("Lignes 201–250 sur 250");
}

#[tokio::test]
async fn what_is_computed_as_one_types_counts_the_lines_that_are_elsewhere() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, LINES);
    let mut sent = form(&trade, id, "?lines=101").await;
    set(&mut sent, "lines.0.quantity", "11");
    let path = format!("/orders/preview?id={id}");
    let session = trade.app.session.as_deref().unwrap().split_once('=').unwrap().1;
    let token = web::door::form_token(session);
    set(&mut sent, "token", &token);
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "preview")];
    let shown = trade.app.post_raw(&path, &borrowed(&sent), &headers).await;
    shown.has("26\u{202f}000,00");
    shown.has("id=\"f-lines-99-net\"");
    // Three spare lines come after the hundred; those that are elsewhere are not among them.
    assert_eq!(shown.text.matches("-net\"").count(), 103, "{}", shown.text);
    // Without scripts the same part comes back, and a line is taken out of it alone.
    set(&mut sent, "remove", "3");
    let again = trade.app.post(&format!("/orders/{id}"), &borrowed(&sent)).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.main());
    again.has("Lignes 101–200 sur 250");
    again.has_not("Poste 104");
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&fields(&again))).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    assert_eq!(stored(&trade, id).len(), LINES - 1);
}

/// The same edits through parts and through the whole form end in the same order, whatever they
/// are: quantities, removals and additions drawn by chance.
#[tokio::test]
async fn saved_part_by_part_or_as_a_whole_an_order_is_the_same() {
    let trade = Trade::open(Role::Seller).await;
    for seed in 1..=4_u64 {
        let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut draw = move |below: usize| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            usize::try_from(chance % below as u64).unwrap()
        };
        let (parted, whole) = (long(&trade, 130), long(&trade, 130));
        let mut all = form(&trade, whole, "").await;
        let more = form(&trade, whole, "?lines=101").await;
        // The whole form, as one would send it that shows every line.
        all.retain(|(name, _)| name != "window");
        for (name, value) in &more {
            let Some(rest) = name.strip_prefix("lines.") else { continue };
            let (rank, own) = rest.split_once('.').unwrap();
            let rank: usize = rank.parse().unwrap();
            if rank < 30 {
                set(&mut all, &format!("lines.{}.{own}", rank + 100), value);
            }
        }
        let mut second = more;
        let mut first = form(&trade, parted, "").await;
        for _ in 0..6 {
            let (rank, quantity) = (draw(130), (draw(9) + 1).to_string());
            set(&mut all, &format!("lines.{rank}.quantity"), &quantity);
            if rank < 100 {
                set(&mut first, &format!("lines.{rank}.quantity"), &quantity);
            } else {
                set(&mut second, &format!("lines.{}.quantity", rank - 100), &quantity);
            }
        }
        let gone = draw(100);
        without_line(&mut all, gone);
        without_line(&mut first, gone);
        let path = format!("/orders/{parted}");
        let saved = trade.app.post(&path, &borrowed(&first)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "seed {seed}: {}", saved.main());
        // The second part is of the twin: only what was typed is taken over.
        let typed: Vec<_> =
            second.iter().filter(|(name, _)| name.ends_with(".quantity")).cloned().collect();
        let mut rest = form(&trade, parted, "?lines=101").await;
        // One line less stands before: each of the second part moved up by one.
        for (name, value) in typed {
            let rank: usize = name.split('.').nth(1).unwrap().parse().unwrap();
            if (1..30).contains(&rank) {
                set(&mut rest, &format!("lines.{}.quantity", rank - 1), &value);
            }
        }
        let edge = second.iter().find(|(name, _)| name == "lines.0.quantity").unwrap().1.clone();
        let saved = trade.app.post(&path, &borrowed(&rest)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "seed {seed}: {}", saved.main());
        let mut last = form(&trade, parted, "").await;
        set(&mut last, "lines.99.quantity", &edge);
        assert_eq!(trade.app.post(&path, &borrowed(&last)).await.status, StatusCode::SEE_OTHER);
        let saved = trade.app.post(&format!("/orders/{whole}"), &borrowed(&all)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "seed {seed}: {}", saved.main());
        assert_eq!(stored(&trade, parted), stored(&trade, whole), "seed {seed}");
        let (one, other) = (trade.get::<Order>(parted), trade.get::<Order>(whole));
        assert_eq!((one.net, one.total, one.margin), (other.net, other.total, other.margin));
    }
}

#[tokio::test]
async fn a_long_quote_shows_two_hundred_lines_at_once_on_its_page() {
    use crm::sales::{Quote, QuoteLine, quote};
    let trade = Trade::open(Role::Seller).await;
    let mut pairs = typed(&trade, &[("LAM-100", "1", "")]);
    pairs.retain(|(name, _)| name != "invoicing");
    let made = trade.app.post("/quotes", &borrowed(&pairs)).await;
    let path = made.location().to_owned();
    let id = id_of::<Quote>(&path);
    trade.run(0, move |tx, actor| {
        let first = quote::lines(tx, id)?.remove(0).into_inner();
        for number in 2..=LINES {
            let description = Some(format!("Poste {number:03}"));
            tx.insert(&QuoteLine { rank: None, description, ..first.clone() })?;
        }
        quote::settle(tx, actor, id.raw())?;
        Ok(Json::Null)
    });
    let first = trade.app.get(&path).await;
    first.has("Lignes 1–200 sur 250");
    first.has_not("Poste 201");
    trade.app.get(&format!("{path}?lines=201")).await.has("Poste 250");
    let form = trade.app.get(&format!("{path}/edit?lines=250")).await;
    form.has("Lignes 201–250 sur 250");
    form.has("25\u{202f}000,00");
}
