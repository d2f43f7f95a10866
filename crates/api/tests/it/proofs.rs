//! Proofs by the door of programs: judged here with nothing but the public key.

use serde_json::{Value as Json, json};
use store::tree::note::{VerifyingKey, decode};
use store::tree::{Hash, consistent, included, leaf_hash};

use crate::world::{Shop, shop};

fn hash(text: &Json) -> Hash {
    decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn path(list: &Json) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(hash).collect()
}

async fn chair(shop: &Shop, sku: &str) -> String {
    let chair = json!({"sku": sku, "name": "Chaise", "price": "12.50"});
    let made = shop.post("/api/chairs", &chair).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_line_and_a_checkpoint_are_proved_to_whoever_has_the_key() {
    let shop = shop();
    shop.get("/api/audit/checkpoint").await.refused(404, "audit.no_seal");
    let id = chair(&shop, "A").await;
    let public = VerifyingKey::of(&shop.seal()).unwrap();
    let first = shop.get("/api/audit/checkpoint").await.expect(200);
    let was = public.open(first["checkpoint"].as_str().unwrap()).unwrap();
    assert_eq!(first["size"], was.size);

    let audit = shop.get(&format!("/api/audit?entity=chair&id={id}")).await.expect(200);
    let seq = audit["items"][0]["seq"].clone();
    let proof = shop.get(&format!("/api/audit/proof/{seq}")).await.expect(200);
    let entry = decode(proof["entry"].as_str().unwrap()).unwrap();
    let leaf = leaf_hash(&entry);
    assert_eq!(hash(&proof["hash"]), leaf);
    let place = proof["leaf"].as_u64().unwrap();
    assert!(included(&leaf, place, was.size, &path(&proof["path"]), &was.root));

    for sku in ["B", "C", "D"] {
        chair(&shop, sku).await;
    }
    let waiting = shop.get("/api/audit/proof/99999?log=access").await;
    waiting.refused(404, "audit.no_line");
    shop.seal();
    let last = shop.get("/api/audit/checkpoint").await.expect(200);
    let is = public.open(last["checkpoint"].as_str().unwrap()).unwrap();
    assert!(is.size > was.size);
    let grown = shop.get(&format!("/api/audit/consistency?from={}", was.size)).await.expect(200);
    assert_eq!(grown["to"], is.size);
    let proof = path(&grown["path"]);
    assert!(consistent((was.size, &was.root), (is.size, &is.root), &proof));
    assert_eq!(hash(&grown["from_root"]), was.root);
}

#[tokio::test]
async fn proofs_are_for_those_who_may_see_the_audit_and_say_what_is_wrong() {
    let shop = shop();
    chair(&shop, "A").await;
    shop.seal();
    let bearer = format!("Bearer {}", shop.stranger);
    for path in ["checkpoint", "proof/1", "consistency?from=1", "accesses"] {
        let path = format!("/api/audit/{path}");
        let request = shop.request("GET", &path, &[("authorization", &bearer)]).body("");
        shop.send(request).await.refused(403, "forbidden");
    }
    shop.get("/api/audit/consistency").await.refused(400, "query.missing");
    shop.get("/api/audit/consistency?from=x").await.refused(400, "query.number");
    shop.get("/api/audit/consistency?from=1&to=9999").await.refused(422, "audit.beyond");
    shop.get("/api/audit/proof/x").await.refused(400, "query.number");
    shop.get("/api/audit/proof/1?log=x").await.refused(400, "query.unknown");
    assert_eq!(shop.get("/api/audit/accesses").await.expect(200), json!({ "items": [] }));
}
