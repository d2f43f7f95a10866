//! The closing by hand.

use kernel::{ActionDef, Day, Fault, FieldDef, Text};

use super::close_days;

/// The most days that one click closes: more than a year, so that an old house catches up in a few.
const MOST: i64 = 400;

pub const CLOSE_DAYS: ActionDef = ActionDef {
    on: "fiscal_year",
    name: "close_days",
    label: Text::new("Clôturer les journées", "Close the days"),
    doc: Text::new(
        "Clôture les journées jusqu’à une date comprise, hier si elle est vide ; le mois et \
         l’exercice suivent leur dernier jour. Rien ne s’enregistre plus dans une journée close.",
        "Closes the days up to and including a day, yesterday when it is left empty; the month and \
         the fiscal year follow their last day. Nothing is recorded any more in a closed day.",
    ),
    inputs: &[FieldDef::of::<Option<Day>>(
        "until",
        Text::new("Jusqu’au", "Until"),
        "The last day to close: today at the latest.",
    )],
    offered: |_| true,
    run: |tx, _, _, inputs| {
        let until = inputs.take::<Option<Day>>("until")?.unwrap_or(tx.today() + -1);
        match close_days(tx, until, MOST)? {
            0 => Err(Fault::new("closing.nothing").with("day", until).into()),
            _ => Ok(None),
        }
    },
};
