//! Picking with a scanner, a camera or by hand: what was counted of each line, made for one hand on
//! a phone. Everything works as plain forms; scripts only spare the reload.

use erp::logistics::{Shipment, ShipmentLine};
use kernel::{Fault, Faults, Id, Kept, Language, Quantity, Row as Stored, sentence};
use master::Product;
use maud::{Markup, html};

use super::steps;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{Button, Icon, Tone, icon, say, section, state};

/// A line and its product.
pub type Line = (Kept<ShipmentLine>, Kept<Product>);

/// Whether a refusal is told beside the field that codes are scanned into.
#[must_use]
pub fn is_of_scan(fault: &Fault) -> bool {
    fault.code.starts_with("scan.") || fault.field.as_deref() == Some("code")
}

/// The field, what was scanned last, the lines, and the button that ends it.
#[must_use]
pub fn panel(
    ask: &Ask,
    shipment: &Kept<Shipment>,
    lines: &[Line],
    row: &Stored,
    faults: &Faults,
) -> Markup {
    let language = ask.language;
    let last = kernel::RawId::parse(ask.query.text("scanned")).ok().map(Id::from_raw);
    let scans = acting::offered::<Shipment>(ask, "scan", row);
    let title = say(language, "Prélèvement", "Picking");
    html! {
        div.picking {
            @if scans { (field(ask, shipment)) }
            (answer(language, lines, last, faults))
            div #picking {
                (section(title, &told(language, lines), &html! {
                    ul.picks {
                        @for line in lines { (pick(ask, shipment, line, last)) }
                    }
                    div.end { (end(ask, shipment, lines, row)) }
                }))
            }
        }
    }
}

/// Always ready: a scanner types the code and presses Enter.
fn field(ask: &Ask, shipment: &Kept<Shipment>) -> Markup {
    let language = ask.language;
    let label = say(language, "Code-barres ou référence", "Barcode or reference");
    let camera = say(language, "Appareil photo", "Camera");
    html! {
        form.scan method="post" action={ "/shipments/" (shipment.id) "/step/scan" } data-scan {
            (acting::unseen(ask))
            input.in name="code" id="f-code" autocomplete="off" autocapitalize="characters"
                spellcheck="false" enterkeyhint="done" required placeholder=(label)
                aria-label=(label) data-focus autofocus;
            button.btn type="submit" { (say(language, "Compter", "Count")) }
            button.btn type="button" data-camera hidden aria-label=(camera) title=(camera) {
                (icon(Icon::Camera))
            }
        }
        video.view muted playsinline hidden aria-label=(camera) {}
    }
}

/// What came of the last scan: counted, or refused with the facts.
fn answer(
    language: Language,
    lines: &[Line],
    last: Option<Id<ShipmentLine>>,
    faults: &Faults,
) -> Markup {
    let counted = lines.iter().find(|(line, _)| Some(line.id) == last);
    let refused: Vec<&Fault> = faults.0.iter().filter(|fault| is_of_scan(fault)).collect();
    html! {
        // News never take the place of what was just answered.
        div #scanned data-kept {
            @if !refused.is_empty() {
                div.banner role="alert" {
                    (icon(Icon::Warning))
                    div { @for fault in refused { b { (sentence(fault, language)) } } }
                }
            } @else if let Some((line, product)) = counted {
                div.banner.info role="status" {
                    (icon(Icon::Check))
                    div {
                        b { (language.quantity(line.picked)) " / " (language.quantity(line.quantity)) }
                        " " (product.sku) " · " (product.label(language))
                    }
                }
            }
        }
    }
}

/// How much of the whole is picked.
fn told(language: Language, lines: &[Line]) -> Markup {
    let (picked, asked) = sums(lines);
    let word = format!(
        "{} {} {}",
        language.quantity(picked),
        say(language, "sur", "of"),
        language.quantity(asked)
    );
    state(if picked == asked { Tone::Yours } else { Tone::Half }, &word)
}

fn sums(lines: &[Line]) -> (Quantity, Quantity) {
    let picked = Quantity::sum(lines.iter().map(|(line, _)| line.picked));
    (picked, Quantity::sum(lines.iter().map(|(line, _)| line.quantity)))
}

fn pick(
    ask: &Ask,
    shipment: &Kept<Shipment>,
    (line, product): &Line,
    last: Option<Id<ShipmentLine>>,
) -> Markup {
    let language = ask.language;
    let full = line.picked == line.quantity;
    let name = product.label(language);
    html! {
        li .full[full] .last[Some(line.id) == last] {
            div {
                b.name { (name) }
                br;
                span.muted {
                    a href={ "/stock/" (product.id) } { (product.sku) }
                    @if let Some(code) = &product.barcode { " · " (code) }
                }
            }
            (counter(ask, shipment, line, name))
            span.count {
                span.sr { (say(language, "prélevé", "picked")) " " }
                (language.quantity(line.picked)) " / " (language.quantity(line.quantity))
            }
        }
    }
}

/// One less, one more, all: by hand, for what has no label.
fn counter(ask: &Ask, shipment: &Kept<Shipment>, line: &Kept<ShipmentLine>, name: &str) -> Markup {
    let language = ask.language;
    let one = Quantity::units(1);
    let less = (line.picked - one).max(Quantity::ZERO);
    let more = (line.picked + one).min(line.quantity);
    let told = |fr: &str, en: &str| match language {
        Language::French => format!("{fr} : {name}"),
        Language::English => format!("{en}: {name}"),
    };
    let value = |quantity: Quantity| language.plain(&language.quantity(quantity));
    html! {
        form method="post" action={ "/shipments/" (shipment.id) "/step/count" }
            data-swap="#picking" {
            (acting::unseen(ask))
            input type="hidden" name="line" value=(line.id);
            button.btn id={ "less-" (line.id) } name="quantity" value=(value(less))
                disabled[line.picked.is_zero()] aria-label=(told("Un de moins", "One less")) { "−" }
            button.btn id={ "more-" (line.id) } name="quantity" value=(value(more))
                disabled[line.picked == line.quantity] aria-label=(told("Un de plus", "One more")) {
                "+"
            }
            button.btn.all id={ "all-" (line.id) } name="quantity" value=(value(line.quantity))
                disabled[line.picked == line.quantity] aria-label=(told("Tout", "All")) {
                (say(language, "Tout", "All"))
            }
        }
    }
}

/// What ends the picking: all of it, or the part that was found.
fn end(ask: &Ask, shipment: &Kept<Shipment>, lines: &[Line], row: &Stored) -> Markup {
    let language = ask.language;
    let (picked, asked) = sums(lines);
    if picked.is_zero() || picked == asked || !acting::offered::<Shipment>(ask, "pick", row) {
        return steps::buttons(ask, shipment, &shipment.id.to_string(), row);
    }
    let (picked, left) = (language.quantity(picked), language.quantity(asked - picked));
    let (label, sure) = match language {
        Language::French => (
            format!("N’expédier que ces {picked}"),
            format!("N’expédier que cette partie ? Le reste ({left}) reste réservé à la commande."),
        ),
        Language::English => (
            format!("Send these {picked} only"),
            format!("Send this part only? The rest ({left}) stays kept for the order."),
        ),
    };
    html! {
        div.big-steps {
            form method="post" action={ "/shipments/" (shipment.id) "/step/pick" } {
                (acting::unseen(ask))
                input type="hidden" name="partial" value="true";
                (Button::submit(label).icon(Icon::Check).confirm(sure))
            }
        }
    }
}
