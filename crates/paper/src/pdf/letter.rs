//! What every document of the house shares: letterhead, parties, foot.

use kernel::{Language, Money, Text};

use super::block::{Align, Block, Ink, MM, width_of};
use super::countries;
use super::ledger::pairs;
use super::sheet::WIDTH;
use super::style::{
    BODY, BUYER, BUYER_NAME, HOUSE, LABEL, NUMBER, STRONG, TITLE, siren, siret, vat_number,
};
use crate::party::{Address, Letterhead, Party};

/// The right column of the head.
const RIGHT: f32 = 74.0 * MM;

/// The name the house trades under.
pub fn house<'a>(seller: &'a Party, letterhead: &'a Letterhead) -> &'a str {
    letterhead.trade_name.as_deref().unwrap_or(&seller.name)
}

/// The name of the house to the left, its address to the right.
pub fn letterhead(seller: &Party, letterhead: &Letterhead) -> Block {
    let wide = WIDTH - RIGHT - 6.0 * MM;
    let mut left = Block::text(house(seller, letterhead), HOUSE, wide, Align::Left);
    if let Some(trade) = &letterhead.trade {
        left = left.under(1.0 * MM, Block::text(trade, LABEL, wide, Align::Left));
    }
    let mut lines = vec![one_line(&seller.address)];
    let contact: Vec<&str> =
        [&seller.phone, &seller.email].into_iter().flatten().map(String::as_str).collect();
    lines.push(contact.join(" · "));
    lines.extend(letterhead.website.clone());
    lines.retain(|line| !line.is_empty());
    let right = Block::text(&lines.join("\n"), LABEL, RIGHT, Align::Right);
    left.beside(WIDTH - RIGHT, 1.0 * MM, right)
}

/// `14 rue de l’Épeule, 59100 Roubaix`.
fn one_line(address: &Address) -> String {
    let mut parts: Vec<String> =
        address.lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
    parts.push(town(address));
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

fn town(address: &Address) -> String {
    format!("{} {}", address.postcode, address.city).trim().to_owned()
}

/// Address lines as on an envelope, with the country when it is not the seller's.
fn envelope(address: &Address, home: &str, language: Language) -> Vec<String> {
    let mut lines: Vec<String> =
        address.lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
    lines.push(town(address));
    if address.country != home {
        lines.push(countries::name(&address.country, language));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The title, the number and the facts to the left; who it is for to the right.
pub struct Head<'a> {
    pub title: &'a str,
    pub number: &'a str,
    pub facts: Vec<(&'a str, String)>,
    /// `Facturé à`, `Livré à`…
    pub buyer_label: &'a str,
    pub buyer: &'a Party,
    pub second_label: &'a str,
    pub second: Option<&'a Party>,
    /// The country of the seller.
    pub home: &'a str,
}

impl Head<'_> {
    pub fn block(&self, language: Language) -> Block {
        let wide = WIDTH - RIGHT - 4.0 * MM;
        let left = Block::text(self.title, TITLE, wide, Align::Left)
            .under(0.5 * MM, Block::text(self.number, NUMBER, wide, Align::Left))
            .under(5.0 * MM, pairs(&self.facts, wide, 0.9 * MM));
        left.beside(WIDTH - RIGHT, 1.5 * MM, self.addressee(language))
    }

    fn addressee(&self, language: Language) -> Block {
        let text = |text: &str, style| Block::text(text, style, RIGHT, Align::Left);
        let address = envelope(&self.buyer.address, self.home, language).join("\n");
        let mut block = text(self.buyer_label, LABEL)
            .under(1.0 * MM, text(&self.buyer.name, BUYER_NAME))
            .under(0.0, text(&address, BUYER));
        let identity = identity(self.buyer, language);
        if !identity.is_empty() {
            block = block.under(2.0 * MM, text(&identity, LABEL));
        }
        let Some(second) = self.second else { return block };
        block = block.under(4.0 * MM, text(self.second_label, LABEL));
        if !second.name.trim().is_empty() && second.name != self.buyer.name {
            block = block.under(0.5 * MM, text(&second.name, STRONG));
        }
        let lines = envelope(&second.address, self.home, language).join(", ");
        block.under(0.5 * MM, text(&lines, BODY))
    }
}

/// `SIREN 431 207 918 · TVA FR 64 431207918`.
fn identity(party: &Party, language: Language) -> String {
    let vat = Text::new("TVA", "VAT").say(language);
    let mut parts = Vec::new();
    parts.extend(party.siren.as_ref().map(|number| format!("SIREN\u{a0}{}", siren(number))));
    parts.extend(party.vat_number.as_ref().map(|n| format!("{vat}\u{a0}{}", vat_number(n))));
    parts.join(" · ")
}

/// The legal lines that close each page:
/// `Maison Lavigne, SAS au capital de 240 000 € · RCS Lille 478 915 302 · SIRET…`.
pub fn foot(seller: &Party, letterhead: &Letterhead, language: Language) -> String {
    let say = |fr, en| Text { fr, en }.say(language);
    let mut first = vec![company(seller, letterhead, language)];
    if let (Some(town), Some(number)) = (&letterhead.register, &seller.siren) {
        first.push(format!("RCS\u{a0}{town} {}", siren(number)));
    }
    match (&seller.siret, &seller.siren) {
        (Some(number), _) => first.push(format!("SIRET\u{a0}{}", siret(number))),
        (None, Some(number)) => first.push(format!("SIREN\u{a0}{}", siren(number))),
        (None, None) => {}
    }
    let label = say("TVA intracommunautaire", "VAT number");
    let vat = seller.vat_number.as_ref().map(|n| format!("{label} {}", vat_number(n)));
    let mut lines = vec![first.join(" · ")];
    lines.extend(vat);
    lines.join("\n")
}

/// The legal name, its form unless the name ends with it, and the capital.
fn company(seller: &Party, letterhead: &Letterhead, language: Language) -> String {
    let form = letterhead.legal_form.as_deref().map(str::trim).filter(|form| !form.is_empty());
    let form = form.filter(|form| !seller.name.ends_with(form));
    let capital = letterhead.capital.map(|capital| {
        let amount = whole(capital, language);
        format!("{} {amount}", Text::new("au capital de", "with a capital of").say(language))
    });
    let details: Vec<String> = form.map(str::to_owned).into_iter().chain(capital).collect();
    match (form, details.is_empty()) {
        (_, true) => seller.name.clone(),
        (Some(_), false) => format!("{}, {}", seller.name, details.join(" ")),
        (None, false) => format!("{} {}", seller.name, details.join(" ")),
    }
}

/// An amount without its cents when it has none.
fn whole(amount: Money, language: Language) -> String {
    let text = language.money(amount);
    let cents = Text::new(",00", ".00").say(language);
    if amount.minor % 100 == 0 { text.replacen(cents, "", 1) } else { text }
}

/// What opens the second page and the next ones.
pub fn running_head(house: &str, title: &str, number: &str, language: Language) -> Block {
    let next = Text::new("suite", "continued").say(language);
    let right = format!("{title} {number}, {next}");
    let wide = width_of(&right, LABEL) + 1.0;
    Block::text(house, STRONG, WIDTH - wide - 6.0 * MM, Align::Left)
        .beside(WIDTH - wide, 1.3, Block::text(&right, LABEL, wide, Align::Right))
        .under(2.0 * MM, Block::rule(WIDTH, 0.2 * MM, Ink::Hairline))
}
