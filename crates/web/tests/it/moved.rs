//! Lines of an order moved: what is saved stands in the order in which it was given.

use axum::http::StatusCode;
use identity::Role;

use crate::cells::cookie;
use crate::orders::borrowed;
use crate::trade::Trade;
use crate::windows::{form, long, set, stored};

/// The numbers of the lines, in the order in which they stand.
fn order_of(trade: &Trade, id: kernel::Id<crm::sales::Order>) -> Vec<usize> {
    let number = |text: &str| text.rsplit(' ').next().unwrap().parse().unwrap();
    stored(trade, id).iter().map(|(text, ..)| number(text)).collect()
}

/// The fields of one line under another number.
fn renumbered(fields: &[(String, String)], numbers: &[usize]) -> Vec<(String, String)> {
    let told = |(name, value): &(String, String)| {
        let Some(rest) = name.strip_prefix("lines.") else { return (name.clone(), value.clone()) };
        let (rank, own) = rest.split_once('.').unwrap();
        let rank: usize = rank.parse().unwrap();
        let at = numbers.iter().position(|number| *number == rank).unwrap_or(rank);
        (format!("lines.{at}.{own}"), value.clone())
    };
    fields.iter().map(told).collect()
}

#[tokio::test]
async fn lines_that_were_moved_stay_there_and_undo_moves_them_back() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, 5);
    let path = format!("/orders/{id}");
    // As the keys do it: the fourth is now the first.
    let moved = renumbered(&form(&trade, id, "").await, &[3, 0, 1, 2, 4]);
    let saved = trade.app.post(&path, &borrowed(&moved)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    assert_eq!(order_of(&trade, id), [4, 1, 2, 3, 5]);
    let page = trade.app.get(&path).await;
    let at = |number: usize| page.text.find(&format!("Poste {number:03}")).unwrap();
    assert!(at(4) < at(1) && at(3) < at(5), "the page shows them so");
    // The form too: saved again without a change, they stay.
    let again = form(&trade, id, "").await;
    assert!(
        again.iter().any(|(name, value)| name == "lines.0.description" && value == "Poste 004")
    );
    trade.app.post(&path, &borrowed(&again)).await;
    assert_eq!(order_of(&trade, id), [4, 1, 2, 3, 5]);
    let mut last = renumbered(&again, &[0, 1, 2, 4, 3]);
    set(&mut last, "reference", "BC-12");
    let saved = trade.app.post(&path, &borrowed(&last)).await;
    assert_eq!(order_of(&trade, id), [4, 1, 2, 5, 3]);
    let line = cookie(&saved, "undo").expect("what was done can be undone");
    let undone = trade.app.post("/undo", &[("line", &line), ("back", &path)]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.main());
    assert_eq!(order_of(&trade, id), [4, 1, 2, 3, 5]);
}

#[tokio::test]
async fn without_scripts_a_button_moves_a_line_and_saves_nothing() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, 3);
    let path = format!("/orders/{id}");
    for (button, rank, first) in [
        ("up", "1", "Poste 002"),
        ("down", "0", "Poste 002"),
        ("up", "0", "Poste 001"),
        ("down", "2", "Poste 001"),
    ] {
        let mut fields = form(&trade, id, "").await;
        set(&mut fields, button, rank);
        let page = trade.app.post(&path, &borrowed(&fields)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.main());
        let drawn = crate::windows::fields(&page);
        let shown = drawn.iter().find(|(name, _)| name == "lines.0.description").unwrap();
        assert_eq!(shown.1, first, "{button} {rank}");
        assert_eq!(order_of(&trade, id), [1, 2, 3]);
        if rank == "1" {
            let saved = trade.app.post(&path, &borrowed(&drawn)).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
            assert_eq!(order_of(&trade, id), [2, 1, 3]);
            trade
                .app
                .post(&path, &borrowed(&renumbered(&form(&trade, id, "").await, &[1, 0, 2])))
                .await;
        }
    }
}

#[tokio::test]
async fn in_a_part_of_a_long_order_lines_move_among_themselves() {
    let trade = Trade::open(Role::Seller).await;
    let id = long(&trade, 130);
    let second = form(&trade, id, "?lines=101").await;
    let moved = renumbered(&second, &[2, 0, 1]);
    let saved = trade.app.post(&format!("/orders/{id}"), &borrowed(&moved)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let now = order_of(&trade, id);
    assert_eq!(now[98..105], [99, 100, 103, 101, 102, 104, 105]);
    assert_eq!(now.len(), 130);
}
