//! What is there for who is not signed in, and what nobody is shown.

use kernel::FieldDef;

use super::{FORM, Place};

/// ASVS 13.4.1, 13.4.3, 13.4.5: nothing is served but what is meant to be.
#[test]
fn asvs_13_4_1_no_folder_and_no_inside_is_served() {
    let place = Place::open(&[]);
    for path in [
        "/.git/config",
        "/.env",
        "/.well-known/security.txt.bak",
        "/metrics",
        "/debug",
        "/status",
        "/server-status",
        "/assets",
        "/assets/",
        "/assets/x/",
        "/comptoir.db",
        "/comptoir.key",
        "/backup",
        "/config",
        "/api/metrics",
        "/actuator",
        "/swagger",
        "/graphql",
        "/console",
    ] {
        let heard = place.page(path);
        assert_eq!(heard.status, 404, "{path}");
        heard.tells_nothing();
        let stranger = place.get(path);
        assert!(matches!(stranger.status, 303 | 401 | 404), "{path}: {}", stranger.status);
        assert!(stranger.header("server").is_empty(), "no name and no number of ours");
        assert!(stranger.header("x-powered-by").is_empty());
    }
}

/// ASVS 14.2.6, 6.5.2: what proves who one is is shown to nobody, not even to an owner.
#[test]
fn asvs_14_2_6_no_secret_leaves_by_any_list() {
    let place = Place::open(&[]);
    let begun = place.post("/me/security/second-factor", &[]);
    assert!(matches!(begun.status, 303 | 200), "{}", begun.text());
    let secret = |field: &&FieldDef| {
        ["hash", "secret", "credential"].iter().any(|word| field.name.contains(word))
    };
    let mut met = 0;
    for def in identity::MODULE.entities {
        let hidden: Vec<&FieldDef> = def.fields.iter().filter(secret).collect();
        for end in ["", ".csv", ".jsonl"] {
            let heard = place.api("GET", &format!("/api/{}{end}", def.plural), "");
            assert!(heard.status < 500, "{}: {}", heard.what, heard.text());
            let text = heard.text();
            assert!(!text.contains("$argon2id$"), "{}", heard.what);
            for field in &hidden {
                assert!(!text.contains(field.name), "{}: {}", heard.what, field.name);
                assert!(!text.contains(field.label.en), "{}: {}", heard.what, field.label.en);
            }
        }
        met += hidden.len();
    }
    assert!(met >= 4, "{met}");
    for path in ["/users", "/api_tokens", "/sessions", "/second_factors", "/recovery_codes"] {
        let text = place.page(path).text();
        assert!(!text.contains("$argon2id$") && !text.contains(&place.company.token), "{path}");
        assert!(!text.contains(&place.company.session), "{path}");
    }
}

/// ASVS 4.1.4: a method that means nothing at a path is refused by name.
#[test]
fn asvs_4_1_4_each_path_takes_its_own_methods() {
    let place = Place::open(&[]);
    for (method, path) in [
        ("PUT", "/api/parties"),
        ("DELETE", "/api/parties"),
        ("POST", "/api/openapi.json"),
        ("PUT", "/parties"),
        ("DELETE", "/sign-in"),
        ("PATCH", "/"),
        ("OPTIONS", "/parties"),
        ("OPTIONS", "/api/parties"),
    ] {
        let heard = place.api(method, path, "");
        assert_eq!(heard.status, 405, "{}: {}", heard.what, heard.text());
        assert!(!heard.header("allow").is_empty(), "{}", heard.what);
    }
    // A method is what it is: no header and no field makes another of it.
    let override_ = [FORM, ("x-http-method-override", "DELETE"), ("cookie", &*place.cookie())];
    let path = format!("/parties/{}", place.company.parties[0]);
    let heard = place.ask("POST", &path, &override_, b"_method=DELETE");
    assert!(matches!(heard.status, 403 | 422), "{}", heard.status);
    place.page(&path).is(200);
}
