//! What the parts of the pages look like, kept as a coarse picture in text: `/design` by day and by
//! night, on a desk and on a phone, with tight and with airy lines. The pages of a company at work
//! change with the day, so they are looked at by `every_page`, not kept here.
//!
//! `COMPTOIR_GOLDEN=write` keeps what is there now, and which Chromium drew it: another one sets
//! controls and letters otherwise, and is not held to it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use kernel::Language;

use crate::driver::journey;
use crate::page::Page;
use crate::shop::{EMAIL, PASSWORD};

/// How far the light of a cell may stray, of 255: letters are smoothed otherwise elsewhere.
const STRAY: i32 = 10;
/// How many cells of a hundred may stray further.
const STRAYING: usize = 1;

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_the_pages_look_as_they_did() {
    journey(Language::French, |page| async move {
        page.go("/sign-in").await;
        page.replace_in("Adresse électronique").await;
        page.type_text(EMAIL).await;
        page.replace_in("Mot de passe").await;
        page.type_text(PASSWORD).await;
        page.click("Se connecter").await;
        page.says(&["Bonjour, Ada"]).await;
        if !drawn_by_the_same(&page).await {
            return;
        }
        let mut strange = Vec::new();
        for (dark, phone) in [(false, false), (true, false), (false, true), (true, true)] {
            for density in ["tight", "airy"] {
                strange.extend(differs(&page, dark, phone, density).await);
            }
        }
        assert!(strange.is_empty(), "look at the pictures:\n{}", strange.join("\n"));
    })
    .await;
}

/// Whether this Chromium is the one that drew what is kept; when all is kept anew it is by now.
pub async fn drawn_by_the_same(page: &Page) -> bool {
    let now = page.find("navigator.userAgent.match(/Chrome\\/(\\d+)/)[1]").await;
    let now = now.as_str().expect("a version");
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/chromium.txt");
    if keeps() {
        std::fs::write(&file, now).expect("the version is kept");
    }
    let was = std::fs::read_to_string(&file).expect("the version that was kept");
    if was.trim() != now {
        println!("skipped: Chromium {now} is not the {was} that drew what is kept");
    }
    was.trim() == now
}

pub fn keeps() -> bool {
    std::env::var("COMPTOIR_GOLDEN").is_ok_and(|wish| wish == "write")
}

/// What is otherwise than it was, if anything; the picture is kept then.
async fn differs(page: &Page, dark: bool, phone: bool, density: &str) -> Option<String> {
    page.show(dark, phone).await;
    page.find(&format!("(document.cookie = 'density={density}; path=/', true)")).await;
    page.go("/design").await;
    page.find("document.fonts.status === 'loaded'").await;
    let light = if dark { "dark" } else { "light" };
    let name = format!("design-{light}-{}-{density}", if phone { "phone" } else { "desk" });
    let columns = if phone { 8 } else { 32 };
    let now = page.lights(columns).await;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{name}.txt"));
    if keeps() {
        write(&file, &now, columns);
        return None;
    }
    let Some(was) = read(&file) else { return Some(format!("{name} was never kept")) };
    let (cells, far) = (was.len().max(now.len()), apart(&was, &now));
    if far * 100 <= cells * STRAYING {
        return None;
    }
    let place = page.keep_picture(&name).await;
    Some(format!("{name}: {far} of {cells} cells differ; now it is {}", place.display()))
}

/// How many cells differ by more than they may.
fn apart(was: &[u8], now: &[u8]) -> usize {
    let far = |(one, other): (&u8, &u8)| (i32::from(*one) - i32::from(*other)).abs() > STRAY;
    let same = was.iter().zip(now);
    same.filter(|cells| far(*cells)).count() + was.len().abs_diff(now.len())
}

fn write(file: &Path, lights: &[u8], columns: usize) {
    let mut text = String::new();
    for row in lights.chunks(columns) {
        row.iter().for_each(|light| write!(text, "{light:02x}").expect("a text"));
        text.push('\n');
    }
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, text).expect("the golden is kept");
}

fn read(file: &Path) -> Option<Vec<u8>> {
    let text = std::fs::read_to_string(file).ok()?;
    let lines = text.lines().flat_map(|line| {
        (0..line.len() / 2).map(|at| u8::from_str_radix(&line[2 * at..2 * at + 2], 16))
    });
    lines.collect::<Result<Vec<u8>, _>>().ok()
}

#[test]
fn a_shift_of_a_shade_is_borne_and_another_shape_is_not() {
    let was = [200_u8; 320];
    assert_eq!(apart(&was, &[205; 320]), 0);
    assert_eq!(apart(&was, &[230; 320]), 320);
    assert_eq!(apart(&was, &[200; 352]), 32);
}
