//! Lists let through by a tree of tests: what a page does, a program does by the same text.

use serde_json::{Value as Json, json};

use crate::world::{Answer, Shop, shop};

/// Five chairs, of which the even ones are painted and have a part.
async fn furnished() -> Shop {
    let shop = shop();
    let field = json!({"entity": "chair", "name": "wood", "label_fr": "Essence", "label_en": "Wood",
        "kind": "text"});
    shop.post("/api/custom_fields", &field).await.expect(201);
    for rank in 1..=5 {
        let even = rank % 2 == 0;
        let mut given = json!({ "sku": format!("S{rank}"), "name": format!("Chaise {rank}"),
            "price": format!("{rank}.00"), "finish": if even { "painted" } else { "raw" },
            "extra": { "wood": if rank > 3 { "chêne" } else { "hêtre" } } });
        if even {
            given["parts"] = json!([{ "name": "Pied", "count": rank, "unit_price": "1" }]);
        }
        shop.post("/api/chairs", &given).await.expect(201);
    }
    shop
}

async fn asked(shop: &Shop, text: &str, more: &str) -> Answer {
    let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    shop.get(&format!("/api/chairs?sort=sku&where={text}{more}")).await
}

fn skus(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["sku"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_let_through_by_a_tree_of_tests() {
    let shop = furnished().await;
    for (text, wanted) in [
        ("finish:painted or price > 4", vec!["S2", "S4", "S5"]),
        ("parts.count >= 3", vec!["S4"]),
        ("not parts.name:pied and price >= 2", vec!["S3", "S5"]),
        ("sum(parts.count where name:pied) > 1 and extra.wood:chene", vec!["S4"]),
        ("wood:hêtre and finish:raw", vec!["S1", "S3"]),
        ("created_at:today and count(parts) = 0", vec!["S1", "S3", "S5"]),
    ] {
        let page = asked(&shop, text, "").await.expect(200);
        assert_eq!(skus(&page), wanted, "{text}");
    }
    // Pages follow one another in the same list, and in no other.
    let page = asked(&shop, "price >= 2", "&limit=2").await.expect(200);
    assert_eq!(skus(&page), ["S2", "S3"]);
    let next = format!("&limit=2&after={}", page["next"].as_str().unwrap());
    let page = asked(&shop, "price >= 2", &next).await.expect(200);
    assert_eq!(skus(&page), ["S4", "S5"]);
    asked(&shop, "price >= 1", &next).await.refused(400, "query.cursor");
}

#[tokio::test]
async fn a_tree_that_cannot_be_read_is_refused_with_the_place() {
    let shop = furnished().await;
    let refused = asked(&shop, "price >", "").await;
    assert!(refused.status.is_client_error());
    let fault = &refused.json()["faults"][0];
    assert_eq!((&fault["code"], &fault["field"]), (&json!("sieve.expected"), &json!("where")));
    assert_eq!(fault["facts"]["at"], 8);
    let refused = asked(&shop, "colour:red", "").await;
    assert_eq!(refused.codes(), ["sieve.field"]);
}
