//! A person on their way: in one language, before one device, with a mouse or with keys alone.

use fantoccini::key::Key;
use kernel::Language;

use crate::driver::journey_of;
use crate::page::Page;
use crate::shop::{EMAIL, PASSWORD, Shop};

/// How a journey is made.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub language: Language,
    /// On a phone, else on a desk.
    pub phone: bool,
    /// By keys alone, else by mouse.
    pub keys: bool,
}

impl Way {
    pub const fn mouse(language: Language, phone: bool) -> Self {
        Self { language, phone, keys: false }
    }
    pub const fn keys(language: Language, phone: bool) -> Self {
        Self { language, phone, keys: true }
    }
}

/// One person and their page.
#[derive(Clone)]
pub struct Walker {
    pub page: Page,
    pub way: Way,
    journey: &'static str,
}

/// One person walks through a shop.
pub async fn walk<W>(
    way: Way,
    journey: &'static str,
    open: impl FnOnce() -> Shop,
    walk: impl FnOnce(Walker) -> W,
) where
    W: Future<Output = ()> + Send + 'static,
{
    walk_together(1, way, journey, open, |mut walkers| walk(walkers.remove(0))).await;
}

/// Several people walk through the same shop.
pub async fn walk_together<W>(
    people: usize,
    way: Way,
    journey: &'static str,
    open: impl FnOnce() -> Shop,
    walk: impl FnOnce(Vec<Walker>) -> W,
) where
    W: Future<Output = ()> + Send + 'static,
{
    journey_of(people, open, way.language, |pages| {
        walk(pages.into_iter().map(|page| Walker { page, way, journey }).collect())
    })
    .await;
}

impl Walker {
    /// One of two texts, in the language of the way.
    pub fn word<'a>(&self, fr: &'a str, en: &'a str) -> &'a str {
        match self.way.language {
            Language::French => fr,
            Language::English => en,
        }
    }

    pub async fn enter(&self) {
        self.enter_as(EMAIL).await;
    }

    /// Signs in; everyone of the shop has the same password.
    pub async fn enter_as(&self, email: &str) {
        self.page.show(false, self.way.phone).await;
        self.page.go("/sign-in").await;
        self.fill(self.word("Adresse électronique", "Email address"), email).await;
        self.fill(self.word("Mot de passe", "Password"), PASSWORD).await;
        self.page.press(Key::Enter).await;
        self.says("Bonjour,", "Good day,").await;
    }

    /// Comes to what bears this name, by Tab unless the focus is there.
    async fn tab_to(&self, wanted: &str) {
        self.page.find("true").await;
        if !self.page.is_on(wanted).await {
            self.page.tab_to(wanted).await;
        }
    }

    /// Presses a button, a link, or the head of what folds.
    pub async fn press(&self, fr: &str, en: &str) {
        let wanted = self.word(fr, en);
        if self.way.keys {
            self.tab_to(wanted).await;
            self.page.press(Key::Enter).await;
        } else {
            self.page.click(wanted).await;
        }
    }

    /// Types into a field, in place of what it holds. By keys one comes to it by Tab; of a choice,
    /// letters choose.
    pub async fn fill(&self, field: &str, text: &str) {
        if self.way.keys {
            self.tab_to(field).await;
        } else {
            self.page.replace_in(field).await;
        }
        self.page.type_text(text).await;
    }

    /// Chooses what a reference offers for some letters.
    pub async fn pick(&self, field: &str, letters: &str, offer: &str) {
        if self.way.keys {
            self.tab_to(field).await;
            self.page.take_offer(letters, offer).await;
        } else {
            self.page.replace_in(field).await;
            self.page.click_offer(letters, offer).await;
        }
    }

    pub async fn says(&self, fr: &str, en: &str) {
        self.page.says(&[self.word(fr, en)]).await;
    }

    /// The page is seen by day and by night, and never runs out of the window sideways.
    pub async fn look(&self, step: &str) {
        let device = if self.way.phone { "phone" } else { "desk" };
        for (dark, light) in [(true, "dark"), (false, "light")] {
            self.page.show(dark, self.way.phone).await;
            self.page.within(device).await;
            let name = format!("journey-{}-{step}-{device}-{light}", self.journey);
            self.page.picture(&name).await;
        }
    }

    /// Writes an order for the customer of the shop and creates it.
    pub async fn write_order(&self, lamps: &str) {
        self.page.go("/orders/new").await;
        self.pick(self.word("Client", "Customer"), "ferr", "Maison Ferrand").await;
        let (letters, lamp) = match self.way.language {
            Language::French => ("lampe", "Lampe d’atelier"),
            Language::English => ("workshop", "Workshop lamp"),
        };
        self.pick(self.word("Article", "Item"), letters, lamp).await;
        self.fill(self.word("Quantité", "Quantity"), lamps).await;
        self.page.press_with_control('s').await;
        self.page.says_in("h1", "Maison Ferrand").await;
        self.says("brouillon", "draft").await;
    }

    /// Picks, packs and ships the shipment one looks at.
    pub async fn ship(&self, step: &str) {
        self.press("Prélever", "Pick").await;
        self.says("Prélever : c’est fait.", "Pick: done.").await;
        self.press("Emballer", "Pack").await;
        self.says("Emballer : c’est fait.", "Pack: done.").await;
        self.look(step).await;
        self.press("Expédier", "Ship").await;
        let question = self.word("Les articles sortent", "The goods leave");
        self.page.says_in("#confirm", question).await;
        self.press("Expédier", "Ship").await;
        self.says("Expédiée le", "Shipped on").await;
    }

    /// Opens the page again until it says this: it happens by itself, a moment later.
    pub async fn says_at_last(&self, text: &str) {
        let path = self.page.path().await;
        for _ in 0..100 {
            if self.page.says_now(text).await {
                return;
            }
            self.page.go(&path).await;
        }
        self.page.says(&[text]).await;
    }
}
