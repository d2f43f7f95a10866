//! The style sheet, the scripts and the fonts, carried in the binary.
//!
//! Their address holds a mark of their content, `/assets/{mark}/comptoir.css`: what a browser has
//! kept is good for ever, and a new build is fetched at once.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const STYLE: &str = concat!(
    include_str!("../assets/css/1-tokens.css"),
    include_str!("../assets/css/2-layout.css"),
    include_str!("../assets/css/3-controls.css"),
    include_str!("../assets/css/4-ledger.css"),
    include_str!("../assets/css/5-records.css"),
    include_str!("../assets/css/6-floating.css"),
    include_str!("../assets/css/7-processes.css"),
    include_str!("../assets/css/8-charts.css"),
    include_str!("../assets/css/8-lists.css"),
    include_str!("../assets/css/8-audit.css"),
    include_str!("../assets/css/8-cells.css"),
    include_str!("../assets/css/8-help.css"),
    include_str!("../assets/css/8-live.css"),
    include_str!("../assets/css/8-together.css"),
    include_str!("../assets/css/8-scan.css"),
    include_str!("../assets/css/8-rights.css"),
    include_str!("../assets/pages-sales.css"),
    include_str!("../assets/pages-finance.css"),
    include_str!("../assets/pages-setup.css"),
    include_str!("../assets/css/9-utilities.css"),
);

/// A file: its path under `/assets/{mark}/`, its type, its bytes.
type Asset = (&'static str, &'static str, &'static [u8]);

const SCRIPT: &str = "text/javascript; charset=utf-8";

static ASSETS: &[Asset] = &[
    ("comptoir.css", "text/css; charset=utf-8", STYLE.as_bytes()),
    ("comptoir.js", SCRIPT, include_bytes!("../assets/js/comptoir.js")),
    ("cells.js", SCRIPT, include_bytes!("../assets/js/cells.js")),
    ("drag.js", SCRIPT, include_bytes!("../assets/js/drag.js")),
    ("swap.js", SCRIPT, include_bytes!("../assets/js/swap.js")),
    ("keys.js", SCRIPT, include_bytes!("../assets/js/keys.js")),
    ("pick.js", SCRIPT, include_bytes!("../assets/js/pick.js")),
    ("lines.js", SCRIPT, include_bytes!("../assets/js/lines.js")),
    ("ledger.js", SCRIPT, include_bytes!("../assets/js/ledger.js")),
    ("palette.js", SCRIPT, include_bytes!("../assets/js/palette.js")),
    ("names.js", SCRIPT, include_bytes!("../assets/js/names.js")),
    ("files.js", SCRIPT, include_bytes!("../assets/js/files.js")),
    ("forms.js", SCRIPT, include_bytes!("../assets/js/forms.js")),
    ("look.js", SCRIPT, include_bytes!("../assets/js/look.js")),
    ("scan.js", SCRIPT, include_bytes!("../assets/js/scan.js")),
    ("passkey.js", SCRIPT, include_bytes!("../assets/js/passkey.js")),
    ("sign.js", SCRIPT, include_bytes!("../assets/js/sign.js")),
    ("live.js", SCRIPT, include_bytes!("../assets/js/live.js")),
    (
        "fonts/inter-regular.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/inter-regular.woff2"),
    ),
    (
        "fonts/inter-medium.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/inter-medium.woff2"),
    ),
    (
        "fonts/inter-semibold.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/inter-semibold.woff2"),
    ),
    ("fonts/OFL.txt", "text/plain; charset=utf-8", include_bytes!("../assets/fonts/OFL.txt")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// The files as they are served.
static SERVED: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let served = ASSETS.iter().map(|(path, kind, bytes)| match *kind == SCRIPT {
        true => (*path, *kind, bare(bytes)),
        false => (*path, *kind, *bytes),
    });
    served.collect()
});

/// A script without what only its readers need: lines of comment, and the blanks before a line. No
/// text of ours spans lines.
fn bare(script: &'static [u8]) -> &'static [u8] {
    let Ok(text) = std::str::from_utf8(script) else { return script };
    let (mut out, mut comment) = (String::with_capacity(text.len()), false);
    for line in text.lines().map(str::trim) {
        let whole = line.starts_with("/**") && (line.ends_with("*/") || !line.contains("*/"));
        if comment || whole {
            comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.leak().as_bytes()
}

/// The mark of all the files together: FNV-1a, which tells builds apart and protects nothing.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (path, _, bytes) in SERVED.iter() {
        for byte in path.bytes().chain(bytes.iter().copied()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
});

/// The address of a file: `href("comptoir.css")`.
#[must_use]
pub fn href(path: &str) -> String {
    format!("/assets/{}/{path}", *MARK)
}

/// What few pages need, by the attribute that calls for it; `comptoir.js` has the same.
const RARE: [(&str, &str); 7] = [
    ("data-cell", "cells.js"),
    ("data-names", "names.js"),
    ("data-to", "drag.js"),
    ("data-drop", "files.js"),
    ("data-passkey", "passkey.js"),
    ("data-scan", "scan.js"),
    ("data-sign", "sign.js"),
];

/// The scripts that this page will ask for: fetched with it, they are there before the first key.
#[must_use]
pub fn rare(body: &str) -> Vec<&'static str> {
    let marked = |mark: &str| {
        let mut parts = body.split(mark).skip(1);
        parts.any(|rest| rest.starts_with(['=', '>', ' ']))
    };
    RARE.iter().filter(|(mark, _)| marked(mark)).map(|(_, path)| *path).collect()
}

/// Every file with its path, for a copy on disk.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    SERVED.iter().map(|(path, _, bytes)| (*path, *bytes))
}

/// The routes of the files. They need no session.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{mark}/{*path}", get(serve))
}

async fn serve(Path((mark, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some((_, kind, bytes)) = SERVED.iter().find(|(name, _, _)| *name == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", *MARK);
    // An address with an old mark still answers, for pages opened before an upgrade.
    let keep = if mark == *MARK { "public, max-age=31536000, immutable" } else { "no-cache" };
    let cache = [(header::CACHE_CONTROL, keep.to_owned()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    let about = [(header::CONTENT_TYPE, *kind), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (cache, about, *bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_of_a_page_stay_small() {
        let main = include_str!("../assets/js/comptoir.js");
        let scripts = || SERVED.iter().filter(|(_, kind, _)| *kind == SCRIPT);
        let always =
            |name: &str| name == "comptoir.js" || main.contains(&format!("from \"./{name}\""));
        let every: usize =
            scripts().filter(|asset| always(asset.0)).map(|asset| asset.2.len()).sum();
        // Fetched where they are of use; no page needs more than two of them.
        let mut rare: Vec<usize> =
            scripts().filter(|asset| !always(asset.0)).map(|asset| asset.2.len()).collect();
        rare.sort_unstable();
        let size = every + rare.iter().rev().take(2).sum::<usize>();
        assert!(size <= 40_000, "{size} bytes of script, {every} on every page");
    }

    #[test]
    fn a_page_names_the_scripts_that_it_will_ask_for() {
        assert_eq!(rare("<td data-cell=\"/x\"></td><p data-toast></p>"), ["cells.js"]);
        assert_eq!(rare("<form data-drop><ul data-to=\"a\">"), ["drag.js", "files.js"]);
        let main = include_str!("../assets/js/comptoir.js");
        for (mark, path) in RARE {
            assert!(main.contains(&format!("[\"[{mark}]\", \"./{path}\"]")), "{mark} {path}");
        }
        assert_eq!(main.matches("\"./").count() - main.matches("from \"./").count(), RARE.len());
    }

    #[test]
    fn a_script_is_served_without_what_only_its_readers_need() {
        let script = b"// A word.\n\n/**\n * @param {x} y\n */\nfunction f() {\n  return \
            /** @type {x} */ (1);\n}\n/** One. */\n/** @type {x} */ (f)();\n";
        let served = "function f() {\nreturn /** @type {x} */ (1);\n}\n/** @type {x} */ (f)();\n";
        assert_eq!(std::str::from_utf8(bare(script)), Ok(served));
    }

    #[test]
    fn every_file_the_others_name_is_carried() {
        let names: Vec<&str> = ASSETS.iter().map(|asset| asset.0).collect();
        for part in STYLE.split("url(").skip(1) {
            let name = part.split(')').next().unwrap_or_default().trim_matches('"');
            assert!(name.starts_with('#') || names.contains(&name), "{name}");
        }
        for (path, kind, bytes) in ASSETS {
            if *kind != SCRIPT {
                continue;
            }
            let text = std::str::from_utf8(bytes).unwrap();
            for import in text.split("\"./").skip(1) {
                let name = import.split('"').next().unwrap_or_default();
                assert!(names.contains(&name), "{name} in {path}");
            }
        }
    }

    #[tokio::test]
    async fn a_known_mark_is_kept_for_ever_and_an_old_one_still_answers() {
        let ask =
            |mark: &str, path: &str| serve(Path((mark.into(), path.into())), HeaderMap::new());
        let fresh = ask(&MARK, "comptoir.css").await;
        assert_eq!(fresh.status(), StatusCode::OK);
        assert!(fresh.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(fresh.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        let old = ask("0", "comptoir.js").await;
        assert_eq!(old.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(ask(&MARK, "../Cargo.toml").await.status(), StatusCode::NOT_FOUND);
        let mut known = HeaderMap::new();
        known.insert(header::IF_NONE_MATCH, fresh.headers()[header::ETAG].clone());
        let same = serve(Path((MARK.clone(), "comptoir.css".into())), known).await;
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    }
}
