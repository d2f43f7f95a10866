//! The page as a person has it before them: what it says, what it looks like, where the keys go.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use kernel::Language;
use serde_json::{Value as Json, json};

/// The longest a person waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many stops of the Tab key a person bears on one page.
const STOPS: usize = 400;

/// What all scripts below know: the words of a control without its key, and what one can see.
const EYES: &str = r#"
const plain = text => (text ?? "").replace(/[\s\u00a0\u202f]+/g, " ").trim();
const words = element => {
  const copy = element.cloneNode(true);
  for (const other of copy.querySelectorAll("kbd, .req, select")) other.remove();
  return plain(copy.textContent);
};
const name = element => {
  const labels = [...(element.labels ?? [])].map(words).join(" ");
  return plain(element.getAttribute("aria-label")) || labels || words(element);
};
const shown = element => element.checkVisibility({ visibilityProperty: true })
  && !element.closest("[aria-hidden=true]");
const uncover = element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + height / 2);
  if (!over || over.closest(".dock")) element.scrollIntoView({ block: "center", behavior: "instant" });
};
const asked = () => document.querySelector("dialog[open]") ?? document.body;
"#;

/// A tab of the browser.
#[derive(Clone)]
pub struct Page {
    pub(crate) client: Client,
    address: String,
    pub language: Language,
    /// Where pictures are kept, when someone wants them.
    pub(crate) pictures: Option<PathBuf>,
}

/// A command of Chromium's driver that the standard does not know.
#[derive(Debug)]
pub(crate) struct OfChromium(pub(crate) &'static str, pub(crate) Json);

impl WebDriverCompatibleCommand for OfChromium {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }
    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}

impl Page {
    pub fn new(client: Client, address: String, language: Language) -> Self {
        let pictures = std::env::var_os("COMPTOIR_PICTURES").map(PathBuf::from);
        Self { client, address, language, pictures }
    }

    /// The window of this tab is in front, as far as the page knows: only one of several browsers
    /// at once can have the keyboard of the desk.
    pub async fn come_forward(&self) {
        self.show_on("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
    }

    /// Nobody looks any more.
    pub async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    /// Gives a file to the field that takes one.
    pub async fn give_file(&self, path: &Path) {
        let field = Locator::Css("input[type=file]");
        let field = self.client.wait().for_element(field).await.expect("a field for a file");
        field.send_keys(&path.to_string_lossy()).await.expect("the file is given");
    }

    /// Leaves what was typed, whatever the page thinks of it, with the field of this name chosen
    /// whole: what is typed next replaces it.
    pub async fn replace_in(&self, wanted: &str) {
        let script = "if (document.readyState !== 'complete') return null;
            const all = 'input:not([type=hidden]), select, textarea';
            const found = [...asked().querySelectorAll(all)]
              .find(field => shown(field) && name(field) === arguments[0]);
            found?.focus();
            if (found?.matches('input, textarea')) found.select?.();
            return Boolean(found) && document.activeElement === found;";
        self.until(&format!("the field [{wanted}]"), script, json!([wanted])).await;
    }

    /// Types an address of the shop.
    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.address)).await.expect("the page opens");
    }

    /// Keeps a cookie for the place one is at.
    pub async fn bear(&self, name: &str, value: &str) {
        let script = "document.cookie = `${arguments[0]}=${arguments[1]}; path=/`";
        self.ask(script, json!([name, value])).await.expect("the cookie is kept");
    }

    /// What errors the console was told since the last time.
    pub async fn complaints(&self) -> Vec<String> {
        let log = OfChromium("se/log", json!({ "type": "browser" }));
        let said = self.client.issue_cmd(log).await.expect("the log of the browser");
        let said = said.as_array().expect("a list of what was said");
        let bad = said.iter().filter(|line| line["level"] == "SEVERE");
        let bad = bad.map(|line| line["message"].as_str().unwrap_or_default().to_owned());
        // A form that is refused, or whose writer was not the first, is no fault of the page.
        let refusals = ["a status of 409 (Conflict)", "a status of 422 (Unprocessable Entity)"];
        bad.filter(|said| refusals.iter().all(|refusal| !said.contains(refusal))).collect()
    }

    pub(crate) async fn ask(&self, script: &str, given: Json) -> Result<Json, CmdError> {
        let given = given.as_array().cloned().unwrap_or_else(|| vec![given.clone()]);
        self.client.execute(&format!("{EYES}{script}"), given).await
    }

    /// Waits until the script gives something that is neither nothing nor false. A page that is
    /// just leaving answers nothing.
    pub(crate) async fn until(&self, what: &str, script: &str, given: Json) -> Json {
        let start = Instant::now();
        let mut trouble = String::new();
        while start.elapsed() < PATIENCE {
            match self.ask(script, given.clone()).await {
                Ok(Json::Null | Json::Bool(false)) => {}
                Ok(found) => return found,
                Err(error) => trouble = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        let text = "return `${location.pathname}\\n${plain(document.body.innerText)}`";
        let text = self.ask(text, json!([])).await;
        let text = text.ok().and_then(|text| text.as_str().map(ToOwned::to_owned));
        panic!("it never came: {what} {trouble}\n{}", text.unwrap_or_default());
    }

    /// Waits until the page, loaded, says all of this, in any order. Spaces of any kind are the
    /// same, and so are small and large letters, which the style may change.
    pub async fn says(&self, all: &[&str]) {
        for text in all {
            let script = "const said = plain(document.body.innerText).toLowerCase();
                return document.readyState === 'complete'
                  && said.includes(plain(arguments[0]).toLowerCase());";
            self.until(&format!("« {text} »"), script, json!([text])).await;
        }
    }

    /// Whether the page says this already.
    pub async fn says_now(&self, text: &str) -> bool {
        let script = "return plain(document.body.innerText).includes(arguments[0])";
        self.ask(script, json!([text])).await.is_ok_and(|said| said == true)
    }

    /// Waits until the first element of this selector says this.
    pub async fn says_in(&self, selector: &str, text: &str) {
        let script = "const place = document.querySelector(arguments[0]);
            return document.readyState === 'complete' && place && shown(place)
              && plain(place.innerText).toLowerCase().includes(plain(arguments[1]).toLowerCase());";
        self.until(&format!("« {text} » in {selector}"), script, json!([selector, text])).await;
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("an address").path().to_owned()
    }

    /// The text of the first element of this selector.
    pub async fn text_of(&self, selector: &str) -> String {
        let script = "return plain(document.querySelector(arguments[0])?.innerText) || null";
        let text = self.until(selector, script, json!([selector])).await;
        text.as_str().expect("a text").to_owned()
    }

    /// Whether a question stands before the page.
    pub async fn is_asked(&self) -> bool {
        let open = "document.querySelector('dialog[open]') ? 1 : 2";
        self.find(open).await == 1
    }

    /// What a program reads at this path, signed in as this person.
    pub async fn fetched(&self, path: &str) -> Json {
        let script = "const [path, done] = arguments;
            fetch(path).then(answer => answer.json()).then(done, error => done(String(error)));";
        self.client.execute_async(script, vec![json!(path)]).await.expect("an answer")
    }

    // ——— the mouse ———

    /// Clicks on what bears this name: a link, a button, a field, a line of a list.
    pub async fn click(&self, wanted: &str) {
        self.click_nth(wanted, 0).await;
    }

    /// Clicks on the one after so many others of the same name.
    pub async fn click_nth(&self, wanted: &str, rank: usize) {
        let script = "if (document.readyState !== 'complete') return null;
            const all = 'a, button, summary, input:not([type=hidden]), select, [role=option]';
            const found = [...asked().querySelectorAll(all)]
              .filter(element => shown(element) && name(element) === arguments[0])[arguments[1]];
            if (found) uncover(found);
            return found;";
        let found = self.until(&format!("[{wanted}]"), script, json!([wanted, rank])).await;
        let clicked = self.element(&found).click().await;
        clicked.unwrap_or_else(|error| panic!("[{wanted}]: {error}"));
    }

    /// Clicks on the first link of the content that leads to a path that begins so.
    pub async fn click_link_to(&self, path: &str) {
        let script = "if (document.readyState !== 'complete') return null;
            return [...document.querySelectorAll('main a[href]')]
              .find(link => shown(link) && link.getAttribute('href').startsWith(arguments[0]));";
        let found = self.until(&format!("a link to {path}"), script, json!([path])).await;
        self.element(&found).click().await.expect("the link is clicked");
    }

    fn element(&self, found: &Json) -> Element {
        let id = found.as_object().and_then(|found| found.values().next()?.as_str());
        let id = ElementRef::from(id.expect("an element").to_owned());
        Element::from_element_id(self.client.clone(), id)
    }

    /// Chooses by mouse what a reference offers first once these letters are typed.
    pub async fn click_offer(&self, letters: &str, offer: &str) {
        self.type_text(letters).await;
        let script = "const found = [...document.querySelectorAll('#pick-list .opt[data-id]')];
            return found.find(one => shown(one) && one.dataset.label.includes(arguments[0]));";
        let found = self.until(&format!("the offer {offer}"), script, json!([offer])).await;
        self.element(&found).click().await.expect("the offer is clicked");
    }

    // ——— the keyboard ———

    /// Types letters wherever the keys go.
    pub async fn type_text(&self, text: &str) {
        let keys = text.chars().fold(KeyActions::new("keyboard".into()), |keys, letter| {
            keys.then(KeyAction::Down { value: letter }).then(KeyAction::Up { value: letter })
        });
        self.client.perform_actions(keys).await.expect("the keys are pressed");
    }

    /// Presses one key.
    pub async fn press(&self, key: Key) {
        let letter: char = key.into();
        self.type_text(&letter.to_string()).await;
    }

    /// Presses a key while Ctrl is held.
    pub async fn press_with_control(&self, letter: char) {
        let control: char = Key::Control.into();
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: control })
            .then(KeyAction::Down { value: letter })
            .then(KeyAction::Up { value: letter })
            .then(KeyAction::Up { value: control });
        self.client.perform_actions(keys).await.expect("the keys are pressed");
    }

    /// Presses Tab until the focus is on what bears this name. Wherever it stops, the focus must be
    /// seen.
    pub async fn tab_to(&self, wanted: &str) {
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            self.press(Key::Tab).await;
            if self.is_past_the_end().await {
                continue;
            }
            let name = self.focused().await;
            if name == wanted {
                return;
            }
            passed.push(name);
        }
        panic!("Tab never comes to [{wanted}], only to {passed:#?}");
    }

    /// After the last stop of a page comes the window itself, then the first stop again.
    async fn is_past_the_end(&self) -> bool {
        let script = "return document.activeElement === document.body";
        self.ask(script, json!([])).await.is_ok_and(|past| past == true)
    }

    /// Whether what bears this name has the focus already.
    pub async fn is_on(&self, wanted: &str) -> bool {
        let on = "name(document.activeElement) === arguments[0]";
        let script = format!("return document.readyState === 'complete' && {on} ? 1 : 2");
        self.ask(&script, json!([wanted])).await.is_ok_and(|on| on == 1)
    }

    /// The name of what has the focus, which must be seen: it stands in the window, nothing covers
    /// it, and a line is drawn around it or along it.
    pub async fn focused(&self) -> String {
        let script = "const one = document.activeElement;
            if (!one || one === document.body) return { name: '', fault: 'nothing has the focus' };
            const marked = element => {
              const style = getComputedStyle(element);
              const clear = /^(transparent|rgba\\(.*, 0\\))$/.test(style.outlineColor);
              return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && !clear
                || element.matches(':focus-within') && element !== one
                  && style.boxShadow !== 'none';
            };
            const box = one.getBoundingClientRect();
            const across = Math.min(box.width, 24) / 2, down = box.height / 2;
            const top = document.elementFromPoint(box.left + across, box.top + down);
            const fault = !marked(one) && !marked(one.parentElement) ? 'its focus is not drawn'
              : box.width < 4 || box.height < 4 ? 'it has no size'
              : !top ? 'it stands outside of the window'
              : !(one.contains(top) || top.contains(one)) ? 'something covers it' : '';
            return { name: name(one), fault, what: one.outerHTML.slice(0, 300) };";
        let found = self.ask(script, json!([])).await.expect("the page answers");
        assert_eq!(found["fault"], "", "{}: {}", found["name"], found["what"]);
        found["name"].as_str().expect("a name").to_owned()
    }

    /// Waits until the focus is on what bears this name, without a key pressed.
    pub async fn has_focus_on(&self, wanted: &str) {
        let script = "return document.readyState === 'complete'
            && name(document.activeElement) === arguments[0]";
        self.until(&format!("the focus on [{wanted}]"), script, json!([wanted])).await;
        self.focused().await;
    }

    /// Types letters into a reference, waits for what it offers, and takes the first with Enter.
    pub async fn take_offer(&self, letters: &str, offer: &str) {
        self.type_text(letters).await;
        let script = "const one = document.querySelector('#pick-list [aria-selected=true]');
            return one && shown(one) && one.dataset.label.includes(arguments[0]);";
        self.until(&format!("the offer {offer}"), script, json!([offer])).await;
        self.press(Key::Enter).await;
        let script = "return document.activeElement.value?.includes(arguments[0])";
        self.until(&format!("{offer} in the field"), script, json!([offer])).await;
    }

    /// Opens the palette, types, and takes the line of this name by arrows and Enter.
    pub async fn run_from_palette(&self, letters: &str, wanted: &str) {
        self.press_with_control('k').await;
        let script = "return document.getElementById('palette').open";
        self.until("the palette", script, json!([])).await;
        self.focused().await;
        self.type_text(letters).await;
        let at = "const lines = [...document.querySelectorAll('#found a')];
            const wanted = lines.findIndex(line =>
              plain(line.querySelector('span')?.textContent) === arguments[0]);
            const now = lines.findIndex(line => line.getAttribute('aria-selected') === 'true');
            return wanted < 0 || now < 0 ? null : [wanted, now];";
        let found = self.until(&format!("[{wanted}] in the palette"), at, json!([wanted])).await;
        let (to, from) = (found[0].as_u64().expect("a rank"), found[1].as_u64().expect("a rank"));
        for _ in from..to {
            self.press(Key::Down).await;
        }
        let chosen = "const line = document.querySelector('#found a[aria-selected=true] span');
            return plain(line?.textContent) === arguments[0];";
        self.until(&format!("[{wanted}] chosen"), chosen, json!([wanted])).await;
        self.press(Key::Enter).await;
    }
}
