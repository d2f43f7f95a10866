//! Lists let through by a sieve, shaped by columns and groups, sent as files, kept as views.

use axum::http::StatusCode;
use identity::{Role, User, set_password};
use kernel::{Day, Money, Quantity};
use serde_json::json;
use web::address::encoded;

use crate::app::{App, Gadget, GadgetPart, GadgetState, PASSWORD, Page, Workshop, gadget};

/// Two workshops; three gadgets, one with parts.
async fn open() -> App {
    let app = App::open(Role::Owner).await;
    app.write(|tx| {
        let roubaix = tx.insert(&Workshop { name: "Roubaix".into() })?;
        let calais = tx.insert(&Workshop { name: "Calais d’Été".into() })?;
        let price = |cents| Some(Money::eur(cents));
        let made_on = |day| Day::of(2026, 10, day).ok();
        let one = Gadget {
            workshop: Some(roubaix),
            price: price(1_250),
            made_on: made_on(1),
            ..gadget("Torchon")
        };
        let id = tx.insert(&one)?;
        let (label, quantity) = ("Ourlet".to_owned(), Quantity(30_000));
        tx.insert(&GadgetPart { gadget: id, label, quantity, double: Quantity(60_000) })?;
        let state = GadgetState::Done;
        let two = Gadget { workshop: Some(calais), price: price(90_000), state, ..gadget("Nappe") };
        tx.insert(&two)?;
        let recipe = Some("lin, eau".into());
        let made_on = Some(tx.today());
        tx.insert(&Gadget { price: price(4_000), made_on, recipe, ..gadget("Chemin") })?;
        Ok(json!(null))
    });
    app
}

async fn sifted(app: &App, text: &str) -> Page {
    app.get(&format!("/gadgets?where={}", encoded(text))).await
}

/// The names of the gadgets in the ledger.
fn names(page: &Page) -> Vec<&'static str> {
    let all = ["Torchon", "Nappe", "Chemin"];
    all.into_iter().filter(|name| page.text.contains(&format!(">{name}</a>"))).collect()
}

#[tokio::test]
async fn a_list_is_let_through_by_a_tree_of_tests_across_relations() {
    let app = open().await;
    for (text, wanted) in [
        ("workshop.name:roub", vec!["Torchon"]),
        ("atelier.nom:ete ou prix > 800", vec!["Nappe"]),
        ("(state:draft and price > 20) or parts.quantity >= 3", vec!["Torchon", "Chemin"]),
        ("not parts.label:ourlet and state:draft", vec!["Chemin"]),
        ("count(parts) = 0", vec!["Nappe", "Chemin"]),
        ("somme(pièces.quantité) > 2,5", vec!["Torchon"]),
        ("made_on:today", vec!["Chemin"]),
        ("atelier:vide", vec!["Chemin"]),
        ("workshop:roubaix", vec!["Torchon"]),
        ("nappe", vec!["Nappe"]),
    ] {
        let page = sifted(&app, text).await;
        assert_eq!(page.status, StatusCode::OK, "{text} {}", page.main());
        assert_eq!(names(&page), wanted, "{text}");
    }
    // The box holds the reader's words, links the names of the API.
    let page = sifted(&app, "workshop.name:roub and price > 5").await;
    page.has("value=\"atelier.nom:roub et prix &gt; 5,00\"");
    page.has("where=workshop.name%3Aroub%20and%20price%20%3E%205.00");
}

#[tokio::test]
async fn a_sieve_that_cannot_be_read_is_kept_in_its_box_with_the_reason() {
    let app = open().await;
    let page = sifted(&app, "stat:draft").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.has("value=\"stat:draft\"");
    page.has("aria-invalid=\"true\"");
    page.has("Caractère 1 : « stat » n’est pas un champ");
    page.has("state");
    assert_eq!(names(&page), [""; 0]);
    let app = App { language: "en", ..app };
    sifted(&app, "price > much").await.has("Character 9: “much” does not suit “Price”");
}

#[tokio::test]
async fn a_hidden_field_is_neither_asked_nor_shown_nor_grouped_nor_sent() {
    let app = open().await;
    for query in [
        "where=recipe:lin".to_owned(),
        format!("where={}", encoded("workshop.gadgets.recipe:lin")),
        format!("where={}", encoded("count(workshop.gadgets where recipe:lin) > 0")),
        "columns=name,recipe".to_owned(),
        "group=recipe".to_owned(),
        "sort=recipe".to_owned(),
    ] {
        for path in ["/gadgets", "/gadgets/export.csv"] {
            let page = app.get(&format!("{path}?{query}")).await;
            assert!(page.status.is_client_error(), "{path} {query} {}", page.status);
            page.has_not("lin, eau");
        }
    }
    let page = app.get("/gadgets?build=1").await;
    page.has_not("value=\"recipe\"");
    app.get("/gadgets/export.csv").await.has_not("lin, eau");
    app.get("/pick/where/gadgets?q=rec").await.has_not("recette");
    // Without the right to read an entity there is no way through it.
    let seller = App::open(Role::Seller).await;
    let page = seller.get("/gadgets/export.xlsx").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(seller.get("/pick/where/gadgets?q=").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_may_follow_is_offered_as_one_types() {
    let app = open().await;
    let offers =
        async |typed: &str| app.get(&format!("/pick/where/gadgets?q={}", encoded(typed))).await;
    offers("at").await.has("data-label=\"atelier:\"");
    offers("atelier.n").await.has("data-label=\"atelier.nom:\"");
    offers("état:").await.has("data-label=\"état:brouillon \"");
    offers("atelier:rou").await.has("data-label=\"atelier:&quot;Roubaix&quot; \"");
    offers("fait_le >= ce").await.has("fait_le &gt;= ce_mois ");
    offers("état:brouillon").await.has_not("data-label");
}

#[tokio::test]
async fn a_sieve_is_built_without_typing_and_without_scripts() {
    let app = open().await;
    let page = app.get("/gadgets?build=1").await;
    page.has("name=\"add.field\"");
    page.has("value=\"workshop.name\"");
    // A field chosen, its signs and its values are offered.
    let page = app.get("/gadgets?build=1&add.field=state").await;
    page.has("name=\"add.sign\"");
    page.has("<option value=\"done\">Terminé</option>");
    let added = app.get("/gadgets?build=1&add.field=state&add.sign=is&add.value=done").await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    assert_eq!(added.location(), "/gadgets?where=state%3Adone&build=1");
    let page = app.get(added.location()).await;
    assert_eq!(names(&page), ["Nappe"]);
    page.has("État est Terminé");
    // Beside it, in a group of its own: any one of the two is enough.
    let both = app
        .get(&format!(
            "{}&add.at=&add.field=workshop.name&add.sign=contains&add.value=roub",
            added.location()
        ))
        .await;
    let page = app.get(both.location()).await;
    page.has("Tous ces critères");
    assert_eq!(names(&page), [""; 0]);
    page.has("href=\"/gadgets?where=state%3Adone%20or%20workshop.name%3Aroub&amp;build=1\"");
    page.has("href=\"/gadgets?where=state%3Adone&amp;build=1\"");
    // A value that does not fit is said beside the form, and nothing is added.
    let wrong = app.get("/gadgets?build=1&add.field=price&add.sign=above&add.value=douze").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.has("value=\"douze\"");
    wrong.has("« douze » n’est pas un nombre");
}

#[tokio::test]
async fn columns_are_chosen_and_ordered_by_the_address() {
    let app = open().await;
    let page = app.get("/gadgets?columns=price,name").await;
    let main = page.main();
    let at = |head: &str| main.find(head).unwrap_or(usize::MAX);
    assert!(at(">Prix</th>") < at(">Nom</th>") || at("Prix</") < at("Nom</"), "{main}");
    assert!(!main.contains("<th scope=\"col\" class=\"d\">Fragile"));
    page.has("href=\"/gadgets?columns=name%2Cprice&amp;add.menu=columns\"");
    let page = app.get("/gadgets?columns=parts").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn records_are_counted_and_summed_by_group() {
    let app = open().await;
    let page = app.get("/gadgets?group=state").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("52,50\u{a0}€");
    page.has("900,00\u{a0}€");
    page.has("href=\"/gadgets?where=state%3Adraft\"");
    let page = app.get("/gadgets?group=workshop&where=state:draft").await;
    page.has(">Roubaix</a>");
    page.has_not(">Calais");
    page.has("vide");
    let page = app.get("/gadgets?group=made_on").await;
    page.has(">10/2026</a>");
    page.has("where=made_on%20%3E%3D%202026-10-01%20and%20made_on%20%3C%3D%202026-10-31");
    for field in ["fragile", "name", "code"] {
        let page = app.get(&format!("/gadgets?group={field}")).await;
        assert_eq!(page.status, StatusCode::OK, "{field}");
    }
    assert!(app.get("/gadgets?group=price").await.status.is_client_error());
}

#[tokio::test]
async fn groups_are_lanes_of_a_board_with_their_latest_records() {
    let app = open().await;
    let page = app.get("/gadgets?group=state&as=board&where=price%3E20").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    let at = |text: &str| page.main().find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("aria-label=\"Brouillon\"") < at("aria-label=\"Terminé\""));
    page.has("900,00\u{a0}€");
    page.has(">Chemin</a>");
    page.has_not(">Torchon</a>");
    // A day has no lanes: its months stay a ledger.
    app.get("/gadgets?group=made_on&as=board").await.has("<table class=\"ledger");
}

#[tokio::test]
async fn records_stand_on_the_days_of_a_month() {
    let app = open().await;
    let page =
        app.get("/gadgets?group=made_on&as=calendar&as.month=2026-10&where=price%3C99").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("Octobre 2026");
    let day = page.main().split("<time datetime=\"2026-10-01\">").nth(1).unwrap();
    assert!(day.split("</td>").next().unwrap().contains("Torchon"), "{day}");
    page.has_not(">Chemin</a>");
    page.has("as.month=2026-11\"");
    // This month, when none is named.
    app.get("/gadgets?group=made_on&as=calendar").await.has(">Chemin</a>");
}

#[tokio::test]
async fn what_is_seen_is_what_is_sent() {
    let app = open().await;
    let csv = app.get("/gadgets/export.csv?where=price%3E20&columns=price,name,workshop").await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"gadgets.csv\"");
    let wanted = "\u{feff}Prix;Nom;Atelier\n40,00;Chemin;\n900,00;Nappe;Calais d’Été\n";
    assert_eq!(csv.text, wanted);
    let groups = app.get("/gadgets/export.csv?group=state&columns=name,price").await;
    assert_eq!(groups.text, "\u{feff}État;Nombre;Prix\nBrouillon;2;52,50\nTerminé;1;900,00\n");
    let book = app.get("/gadgets/export.xlsx?where=state:done").await;
    assert!(book.text.starts_with("PK") && book.text.contains("Nappe"));
    assert!(!book.text.contains("Torchon"));
    let wrong = app.get("/gadgets/export.csv?where=stat:done").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_view_is_kept_shared_changed_by_its_owner_and_by_no_other() {
    let app = open().await;
    app.write(|tx| {
        let id = tx.insert(&User::named("Béa", "bea@maison.example", Role::Owner))?;
        set_password(tx, id, PASSWORD, [8; 16])?;
        Ok(json!(null))
    });
    let (store, router) = (app.store.clone(), app.router.clone());
    let bea = App { store, router, company: app.company, session: None, language: "fr" };
    let bea = bea.enter("bea@maison.example").await;
    let parameters = "where=state%3Adone&sort=-made_on";
    let kept = [
        ("entity", "gadget"),
        ("name", "Finis"),
        ("parameters", parameters),
        ("audience", "private"),
        ("back", "/gadgets?where=state%3Adone"),
    ];
    let saved = app.post("/views", &kept).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.main());
    let id = saved.location().rsplit_once("view=").unwrap().1.to_owned();
    let page = app.get(&format!("/gadgets?view={id}&{parameters}")).await;
    page.has(">Finis</a>");
    assert_eq!(names(&page), ["Nappe"]);
    page.has_not("Remplacer la vue");
    app.get(&format!("/gadgets?view={id}&where=fragile:no")).await.has("Remplacer la vue");
    bea.get("/gadgets").await.has_not("Finis");
    // An owner of the company does not read what a colleague keeps for herself, by no page.
    for path in ["", "?tab=history"] {
        let path = format!("/saved_views/{id}{path}");
        assert_eq!(app.get(&path).await.status, StatusCode::OK);
        assert_eq!(bea.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    bea.get("/saved_views").await.has_not("Finis");
    bea.get("/pick/saved_view?q=finis").await.has_not("Finis");
    let everyone =
        [("name", "Finis ici"), ("audience", "everyone"), ("pinned", "true"), ("back", "/gadgets")];
    let path = format!("/views/{id}/arrange");
    assert!(bea.post(&path, &everyone).await.status.is_client_error());
    assert_eq!(app.post(&path, &everyone).await.status, StatusCode::SEE_OTHER);
    bea.get("/gadgets").await.has(">Finis ici</a>");
    bea.get(&format!("/gadgets?view={id}")).await.has_not("Supprimer la vue");
    let drop = format!("/views/{id}/drop");
    assert!(bea.post(&drop, &[("back", "/gadgets")]).await.status.is_client_error());
    assert_eq!(app.post(&drop, &[("back", "/gadgets")]).await.status, StatusCode::SEE_OTHER);
    bea.get("/gadgets").await.has_not("Finis ici");
    let unnamed = [("entity", "gadget"), ("name", " "), ("audience", "private")];
    assert_eq!(app.post("/views", &unnamed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // No form, no view: only our own pages may keep one.
    let outside = app.post_raw("/views", &kept, &[]).await;
    assert_eq!(outside.status, StatusCode::FORBIDDEN);
}
