//! A card dropped where an act asks something first: the question is opened, and the move goes on.

use axum::http::StatusCode;
use crm::sales::{Opportunity, OpportunityStage};
use identity::Role;
use kernel::Id;

use crate::orders::id_of;
use crate::trade::Trade;

async fn opportunity(trade: &Trade) -> Id<Opportunity> {
    let party = trade.customer.to_string();
    let pairs = [("title", "Rideaux"), ("party", party.as_str()), ("amount", "1200")];
    let made = trade.app.post("/opportunities", &pairs).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    id_of(made.location())
}

#[tokio::test]
async fn a_sale_dropped_on_the_lost_asks_why_and_is_lost_then() {
    let mut trade = Trade::open(Role::Seller).await;
    let id = opportunity(&trade).await;
    let path = format!("/opportunities/{id}/move");
    let board = "/pipeline";
    trade.app.get(board).await.has("data-to=\"lost\"");
    trade.app.get(&format!("{board}?move={id}")).await.has("name=\"to\" value=\"lost\"");
    let drop = [("field", "stage"), ("to", "lost"), ("back", board)];
    // Without scripts one is led to the question; nothing was moved yet.
    let asked = trade.app.post(&path, &drop).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.main());
    assert!(
        asked.location().starts_with(&format!("/opportunities/{id}/do/lose?")),
        "{}",
        asked.location()
    );
    assert_eq!(trade.get(id).stage, OpportunityStage::New);
    for (language, word) in [("en", "Reason"), ("fr", "Motif")] {
        trade.app.language = language;
        let page = trade.app.get(asked.location()).await;
        page.has(word);
        page.has("name=\"back\" value=\"/pipeline\"");
    }
    // With scripts the way to it is the answer.
    let session = trade.app.session.as_deref().unwrap().split_once('=').unwrap().1;
    let token = web::door::form_token(session);
    let with = [("token", token.as_str()), drop[0], drop[1], drop[2]];
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "move")];
    let told = trade.app.post_raw(&path, &with, &headers).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    told.has("data-question");
    told.has(&format!("/opportunities/{id}/do/lose?"));
    let answered = [("reason", "Trop cher"), ("back", board)];
    let done = trade.app.post(&format!("/opportunities/{id}/do/lose"), &answered).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, board));
    assert_eq!(trade.get(id).stage, OpportunityStage::Lost);
    // From there nothing leads anywhere: the reason is said, no question asked.
    let back = trade.app.post(&path, &[("field", "stage"), ("to", "new"), ("back", board)]).await;
    assert_eq!(back.location(), board);
}
