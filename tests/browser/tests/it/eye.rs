//! What the page looks like: its widths, its light, its pictures, what axe has to say of it.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::page::{OfChromium, Page};

impl Page {
    /// Looks at the page on a desk and on a phone: it never runs out of the window sideways.
    pub async fn look(&self, name: &str) {
        self.within("a desk").await;
        self.picture(&format!("{name}-desk")).await;
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        self.show_on("Emulation.setDeviceMetricsOverride", phone).await;
        self.within("a phone").await;
        self.picture(&format!("{name}-phone")).await;
        self.show_on("Emulation.clearDeviceMetricsOverride", json!({})).await;
        // What is clicked next is chosen on the desk, not on the phone that is just leaving.
        self.find("innerWidth > 600").await;
    }

    /// Turns the light on or off, and the window into that of a desk or of a phone.
    pub async fn show(&self, dark: bool, phone: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.show_on("Emulation.setEmulatedMedia", media).await;
        let (width, height) = if phone { (390, 844) } else { (1440, 900) };
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.show_on("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// How wide the page is, and its window.
    pub async fn widths(&self) -> (Option<u64>, Option<u64>) {
        let script = "const page = document.documentElement;
            return [page.scrollWidth, page.clientWidth];";
        let sizes = self.ask(script, json!([])).await.expect("the page answers");
        (sizes[0].as_u64(), sizes[1].as_u64())
    }

    /// What a script of one expression finds once the page is there.
    pub async fn find(&self, expression: &str) -> Json {
        let script = format!("return document.readyState === 'complete' && ({expression})");
        self.until(expression, &script, json!([])).await
    }

    /// Every page that opens from now on has this script, as if it were its own.
    pub async fn with_script(&self, text: &str) {
        self.show_on("Page.addScriptToEvaluateOnNewDocument", json!({ "source": text })).await;
    }

    /// What axe-core, which the page was opened with, has to say of it: rule and place. The colours
    /// alone are quickly judged.
    pub async fn judged(&self, colours: bool) -> Vec<String> {
        let script = "const [colours, done] = arguments;
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            const runOnly = colours ? ['color-contrast'] : tags;
            window.axe.run(document, { runOnly, resultTypes: ['violations'] })
              .then(found => done(found.violations.flatMap(rule =>
                rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} — ${node.html}`))))
              .catch(error => done([`axe: ${error}`]));";
        let found = self.client.execute_async(script, vec![json!(colours)]).await;
        let found = found.expect("axe answers");
        let lines = found.as_array().expect("a list").iter();
        lines.map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The page from its top to its end, as a PNG in base64.
    async fn whole_picture(&self) -> String {
        let whole = json!({ "captureBeyondViewport": true });
        let wanted = json!({ "cmd": "Page.captureScreenshot", "params": whole });
        let command = OfChromium("goog/cdp/execute", wanted);
        let found = self.client.issue_cmd(command).await.expect("Chromium obeys");
        found["data"].as_str().expect("a picture").to_owned()
    }

    /// What is in the window, as a PNG.
    pub async fn window_picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture")
    }

    /// The mean light of each square cell of the page, from its top left, so many in its width.
    pub async fn lights(&self, columns: usize) -> Vec<u8> {
        let picture = self.whole_picture().await;
        let script = "const [picture, columns, done] = arguments;
            const image = new Image();
            image.onload = () => {
              const { width, height } = image, side = Math.ceil(width / columns);
              const canvas = document.createElement('canvas');
              Object.assign(canvas, { width, height });
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const rows = Math.ceil(height / side);
              const sums = Array(rows * columns).fill(0), counts = Array(rows * columns).fill(0);
              const { data } = pen.getImageData(0, 0, width, height);
              for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
                const cell = Math.floor(y / side) * columns + Math.floor(x / side);
                const at = 4 * (y * width + x);
                sums[cell] += .3 * data[at] + .59 * data[at + 1] + .11 * data[at + 2];
                counts[cell]++;
              }
              done(sums.map((sum, cell) => counts[cell] ? Math.round(sum / counts[cell]) : 0));
            };
            image.src = `data:image/png;base64,${picture}`;";
        let found = self.client.execute_async(script, vec![json!(picture), json!(columns)]).await;
        let found = found.expect("the picture is read");
        let lights = found.as_array().expect("a list").iter();
        lights
            .map(|light| u8::try_from(light.as_u64().expect("a light")).expect("of 255"))
            .collect()
    }

    pub(crate) async fn show_on(&self, command: &str, given: Json) {
        let command = OfChromium("goog/cdp/execute", json!({ "cmd": command, "params": given }));
        self.client.issue_cmd(command).await.expect("Chromium obeys");
    }

    pub async fn within(&self, device: &str) {
        let ((wide, window), path) = (self.widths().await, self.path().await);
        assert!(wide <= window, "{path} on {device} is {wide:?} wide of {window:?}");
    }

    pub async fn picture(&self, name: &str) {
        let Some(folder) = &self.pictures else { return };
        std::fs::create_dir_all(folder).expect("the folder of the pictures");
        let file = folder.join(format!("{}-{name}.png", self.language.tag()));
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::write(file, picture).expect("the picture is kept");
    }

    /// What was there when the journey stopped.
    pub async fn picture_of_failure(&self) {
        let whose = std::thread::current().name().unwrap_or("a journey").replace("::", "-");
        let file = self.keep_picture(&format!("stopped-{whose}-{}", self.language.tag())).await;
        eprintln!("the page it stopped on: {}", file.display());
    }

    /// What is to be seen, kept beside what was built.
    pub async fn keep_picture(&self, name: &str) -> PathBuf {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        if let Ok(picture) = self.client.screenshot().await {
            std::fs::write(&file, picture).expect("the picture is kept");
        }
        file
    }
}
