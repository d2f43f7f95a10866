//! A bank line that no invoice explains: booked on an account, on several, or as a rule says; and
//! the rule that may be kept of it.

use axum::extract::Path;
use erp::finance::{Account, BankLine, BankRule, words_to_learn};
use kernel::{Faults, Id, Kept, Language, RawId, Tx};
use master::Tax;
use maud::{Markup, html};

use super::matching::{at, carried};
use super::read::{Chosen, Seen};
use super::{OWN, matching};
use crate::address::Fields;
use crate::answer::Answer;
use crate::door::Ask;
use crate::form::draft;
use crate::pages::acting;
use crate::parts::{
    Button, Cell, Field, Icon, LineColumn, LineGrid, LineValue, Opt, Picked, Tone, icon, picked,
    say,
};
use crate::pick;
use crate::posted::Posted;

/// Blank shares, for those without scripts.
const SPARE: usize = 3;

/// `POST /bank/lines/{id}/book`: the line is booked; then the next line.
pub async fn book(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<BankLine>(&ask, &id)?;
    let typed = fields.clone();
    let given = ask.read(move |tx, ask| given(tx, ask, &typed)).await;
    let given = match given {
        Ok(given) => given,
        Err(refused) => return matching::drawn(&ask, Some(id), &refused.faults).await,
    };
    match acting::run(&ask, &given, "book", id, OWN).await {
        Ok(_) => {
            let said = if given.text("contains").is_empty() {
                say(ask.language, "Mouvement passé en compte.", "Line booked.")
            } else {
                say(
                    ask.language,
                    "Mouvement passé en compte ; la règle est retenue.",
                    "Line booked; the rule is kept.",
                )
            };
            Ok(ask.go_saying(&super::onwards(&fields, id).after("/bank"), Tone::Done, said))
        }
        Err(faults) if faults.has("not_found") => Err(ask.refusal(faults)),
        Err(faults) => matching::drawn(&ask, Some(id), &faults).await,
    }
}

/// The fields of the form as inputs of the act: shares as its text, the rule only when it is
/// wanted.
fn given(tx: &mut Tx<'_>, ask: &Ask, fields: &Fields) -> Result<Fields, Faults> {
    let mut given = Fields::default();
    for name in ["key", "rule", "tax", "label"] {
        if let Some(value) = fields.get(name).filter(|value| !value.is_empty()) {
            given.push(name, value);
        }
    }
    if fields.text("learn") == "true" {
        given.push("contains", fields.text("contains"));
    }
    let shares = shares(tx, ask, fields)?;
    if shares.is_empty() {
        for name in ["account", "account.was", "account.text"] {
            given.push(name, fields.text(name));
        }
    } else {
        given.push("lines", shares);
    }
    Ok(given)
}

/// One share a line: account, amount, tax, label.
pub fn shares(tx: &mut Tx<'_>, ask: &Ask, fields: &Fields) -> Result<String, Faults> {
    let (mut told, mut faults) = (String::new(), Faults::default());
    for rank in 0..draft::count(fields, "shares") {
        let own = draft::line(fields, "shares", rank);
        let account = match picked("account", |name| own.get(name).map(ToOwned::to_owned)) {
            Picked::None => None,
            Picked::Id(id) => Some(RawId::parse(&id)),
            Picked::Text(text) => {
                Some(pick::resolve(tx, ask.state.catalog, &ask.actor, "account", &text))
            }
        };
        let amount = ask.language.plain(own.text("amount"));
        let account = match account {
            None if amount.is_empty() => continue,
            None => Err(kernel::Fault::new("field.required")),
            Some(account) => account,
        };
        match account {
            Ok(id) => {
                let number = tx.get(Id::<Account>::from_raw(id))?.number.clone();
                let tax = own.text("tax");
                let label = own.text("label").replace(['\t', ';', '\n'], " ");
                told.push_str(&format!("{number}\t{amount}\t{tax}\t{label}\n"));
            }
            Err(fault) => faults.0.push(fault.on(format!("shares.{rank}.account"))),
        }
    }
    faults.into_result()?;
    Ok(told)
}

/// What a rule proposes for the line in hand.
pub fn by_rule(
    ask: &Ask,
    seen: &Seen,
    chosen: &Chosen,
    rule: &Kept<BankRule>,
    opening: &Markup,
    on: bool,
) -> Markup {
    let language = ask.language;
    let reason = |code| {
        let fault = kernel::Fault::new(code).with("text", rule.contains.as_str());
        kernel::sentence(&fault.with("count", rule.used), language)
    };
    html! {
        li.prop .on[on] {
            div.row {
                (opening)
                span.push.n.nowrap { (language.money(chosen.line.amount.abs())) }
            }
            ul.reasons {
                li { (icon(Icon::Check)) span { (reason("match.rule")) } }
                @if rule.used > 0 {
                    li { (icon(Icon::Check)) span { (reason("match.rule_used")) } }
                }
            }
            @if on {
                @if rule.tax.is_some() { p.muted { (say(language, "TVA comprise", "VAT within")) } }
                @if ask.actor.can("bank_line.book") {
                    div.acts {
                        form method="post" action={ "/bank/lines/" (chosen.line.id) "/book" }
                            data-swap="#matching" {
                            (carried(ask, seen))
                            input type="hidden" name="rule" value=(rule.id);
                            (Button::submit(say(language, "Accepter", "Accept")).primary()
                                .key("enter"))
                        }
                        (Button::link(say(language, "Modifier la règle", "Edit the rule"),
                            format!("/bank_rules/{}/edit", rule.id)).bare())
                    }
                }
            }
        }
    }
}

/// The form that books the line in hand; it opens where nothing else fits, or by its key.
pub fn form(ask: &Ask, seen: &Seen, chosen: &Chosen, alone: bool) -> Markup {
    let language = ask.language;
    let asked = ask.query.text("book") == "1";
    let account =
        Field::reference(language, "account", say(language, "Compte", "Account"), "account", "")
            .placeholder("627000");
    let account = if asked { account.focus() } else { account };
    let tax = Field::choice(
        language,
        "tax",
        say(language, "TVA comprise", "VAT within"),
        taxes(language, &seen.taxes, |tax| tax.id.to_string()),
        Some(say(language, "sans TVA", "no VAT")),
    );
    let label = Field::text(language, "label", say(language, "Libellé", "Label"))
        .placeholder(super::matching::wording(&chosen.line));
    if !alone && !asked {
        return html! { p.acts.mt { (opener(ask, seen, chosen)) } };
    }
    let title = say(language, "Passer en compte", "Book on accounts");
    let share = say(language, "Partager entre plusieurs comptes", "Share between several accounts");
    html! {
        details.otherwise.mt open {
            summary { (title) }
            form method="post" action={ "/bank/lines/" (chosen.line.id) "/book" }
                data-swap="#matching" {
                (carried(ask, seen))
                div.fields.two { (account) (tax) (label) }
                @if ask.actor.can("bank_rule.create") { (learning(language, chosen)) }
                // Before the grid: Enter in a field presses the first button of the form.
                p.acts.mt { (Button::submit(title)) }
                details.mt {
                    summary { (share) }
                    (grid(language, &seen.taxes))
                    p.acts { (Button::submit(title)) }
                }
            }
        }
    }
}

/// Opens the form with the account in hand, by its key.
pub fn opener(ask: &Ask, seen: &Seen, chosen: &Chosen) -> Markup {
    let title = say(ask.language, "Passer en compte", "Book on accounts");
    html! {
        @if ask.actor.can("bank_line.book") {
            (Button::link(title, format!("{}&book=1", at(seen, chosen.line.id))).bare().key("b"))
        }
    }
}

fn taxes(language: Language, taxes: &[Kept<Tax>], value: fn(&Kept<Tax>) -> String) -> Vec<Opt> {
    taxes
        .iter()
        .filter(|tax| !tax.rate.is_zero())
        .map(|tax| Opt::new(value(tax), format!("{} %", language.decimal(&tax.rate.percentage()))))
        .collect()
}

pub fn grid(language: Language, known: &[Kept<Tax>]) -> Markup {
    let column = |field, fr, en, cell, width| LineColumn {
        field,
        label: say(language, fr, en).to_owned(),
        cell,
        width,
    };
    let mut rates = vec![Opt::new("", say(language, "sans", "none"))];
    rates.extend(taxes(language, known, |tax| tax.code.clone()));
    let grid = LineGrid {
        language,
        name: "shares",
        label: say(language, "Partage", "Shares").to_owned(),
        columns: vec![
            column("account", "Compte", "Account", Cell::Reference("account"), "grow"),
            column("amount", "Montant €", "Amount €", Cell::Figure, "w-m"),
            column("tax", "TVA", "VAT", Cell::Choice(rates), "w-s"),
        ],
        lines: Vec::<(Option<String>, Vec<LineValue>)>::new(),
        moves: false,
        spare: SPARE,
        numbers: None,
    };
    html! { (grid) }
}

/// "Do so each time": the words by which the next line is known.
fn learning(language: Language, chosen: &Chosen) -> Markup {
    html! {
        div.fields.two.mt {
            (Field::flag(language, "learn",
                say(language, "Faire de même la prochaine fois", "Do so next time")))
            (Field::text(language, "contains",
                say(language, "quand le libellé contient", "when the text holds"))
                .value(words_to_learn(&chosen.line)))
        }
    }
}
