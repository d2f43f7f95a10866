//! The questions as a page.

use axum::response::Response;
use kernel::{Fault, Faults, Language, Text, sentence};
use master::countries;
use maud::{Markup, html};

use super::answers::{Answers, Start};
use crate::answer::html as page_of;
use crate::door::Visitor;
use crate::parts::{Button, Field, Opt, error_summary, fieldset};
use crate::shell::page_plain;
use crate::words;

const TITLE: Text = Text::new("Bienvenue", "Welcome");
const INTRO: Text = Text::new(
    "Quatre questions, puis vous travaillez. Tout se modifie ensuite dans les réglages.",
    "Four questions, then you are at work. Everything can be changed later in the settings.",
);
const BEGIN: Text = Text::new("Ouvrir la société", "Open the company");

/// Countries by their names; the others go by their two letters.
const NAMED: &[(&str, Text)] = &[
    ("FR", Text::new("France", "France")),
    ("BE", Text::new("Belgique", "Belgium")),
    ("CH", Text::new("Suisse", "Switzerland")),
    ("LU", Text::new("Luxembourg", "Luxembourg")),
    ("MC", Text::new("Monaco", "Monaco")),
    ("GP", Text::new("Guadeloupe", "Guadeloupe")),
    ("MQ", Text::new("Martinique", "Martinique")),
    ("GF", Text::new("Guyane", "French Guiana")),
    ("RE", Text::new("La Réunion", "Réunion")),
    ("YT", Text::new("Mayotte", "Mayotte")),
    ("NC", Text::new("Nouvelle-Calédonie", "New Caledonia")),
    ("PF", Text::new("Polynésie française", "French Polynesia")),
    ("DE", Text::new("Allemagne", "Germany")),
    ("AT", Text::new("Autriche", "Austria")),
    ("CA", Text::new("Canada", "Canada")),
    ("ES", Text::new("Espagne", "Spain")),
    ("IE", Text::new("Irlande", "Ireland")),
    ("IT", Text::new("Italie", "Italy")),
    ("NL", Text::new("Pays-Bas", "Netherlands")),
    ("PT", Text::new("Portugal", "Portugal")),
    ("GB", Text::new("Royaume-Uni", "United Kingdom")),
    ("US", Text::new("États-Unis", "United States")),
];

const MONTHS: [Text; 12] = [
    Text::new("1er janvier", "1 January"),
    Text::new("1er février", "1 February"),
    Text::new("1er mars", "1 March"),
    Text::new("1er avril", "1 April"),
    Text::new("1er mai", "1 May"),
    Text::new("1er juin", "1 June"),
    Text::new("1er juillet", "1 July"),
    Text::new("1er août", "1 August"),
    Text::new("1er septembre", "1 September"),
    Text::new("1er octobre", "1 October"),
    Text::new("1er novembre", "1 November"),
    Text::new("1er décembre", "1 December"),
];

/// The name that the form gives to a field of the company.
fn asked(field: &str) -> &str {
    if field == "fiscal_year_month" { "month" } else { field }
}

struct Form<'a> {
    language: Language,
    answers: &'a Answers,
    faults: &'a Faults,
    /// Whether a demonstration can be had.
    fills: bool,
}

impl Form<'_> {
    fn error(&self, name: &str) -> Option<String> {
        let own = self.faults.0.iter();
        let mut own = own.filter(|fault| fault.field.as_deref().map(asked) == Some(name));
        own.next().map(|fault| sentence(fault, self.language))
    }
    fn say(&self, text: Text) -> &'static str {
        text.say(self.language)
    }
}

/// The page of the questions, with what was answered and what is wrong.
pub fn questions(visitor: &Visitor, answers: &Answers, faults: &Faults) -> Response {
    let fills = visitor.state.fill.is_some();
    let form = Form { language: visitor.language, answers, faults, fills };
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let field = fault.field.as_deref().map_or("", asked);
            (field.to_owned(), sentence(fault, visitor.language))
        })
        .collect();
    let coded = visitor.state.first_run_code.is_some();
    let body = html! {
        h1.h1 { (form.say(TITLE)) }
        p.muted.mt { (form.say(INTRO)) }
        form.form.mt.questions method="post" action="/welcome" {
            (error_summary(visitor.language, &errors))
            @if coded { (code(&form)) }
            (company(&form))
            (start(&form))
            (owner(&form))
            div.end { (Button::submit(form.say(BEGIN)).primary()) }
        }
    };
    page_of(&page_plain(&visitor.shell(), form.say(TITLE), false, &body))
}

fn code(form: &Form<'_>) -> Markup {
    let label = Text::new("Code affiché par la console", "Code shown by the console");
    let hint = Text::new(
        "Il prouve que vous avez démarré ce serveur ; il ne sert qu’une fois.",
        "It proves that you started this server; it serves once.",
    );
    fieldset(
        form.say(Text::new("Code", "Code")),
        &html! {
            (Field::typed(form.language, "code", form.say(label), "text", Some("one-time-code"))
                .required(true)
                .hint(form.say(hint))
                .error(form.error("code")))
        },
    )
}

fn company(form: &Form<'_>) -> Markup {
    let (language, answers) = (form.language, form.answers);
    let siren_hint = Text::new(
        "Neuf chiffres ; le n° de TVA s’en déduit. Sans nom, il en tient lieu.",
        "Nine digits; the VAT number follows from it. It will do without a name.",
    );
    let countries: Vec<Opt> = NAMED
        .iter()
        .map(|(code, name)| Opt::new(*code, name.say(language)))
        .chain(
            countries::codes()
                .filter(|code| !NAMED.iter().any(|(known, _)| known == code))
                .map(|code| Opt::new(code, code)),
        )
        .collect();
    let months =
        (1..).zip(MONTHS).map(|(month, word)| Opt::new(month.to_string(), word.say(language)));
    let first = Text::new("Premier jour de l’exercice", "First day of the fiscal year");
    let name = Text::new("1. Raison sociale", "1. Company name");
    let country = Text::new("2. Pays", "2. Country");
    let siren = Text::new("ou SIREN", "or SIREN");
    fieldset(
        form.say(Text::new("Votre société", "Your company")),
        &html! {
            (Field::typed(language, "name", form.say(name), "text", Some("organization"))
                .value(&answers.name)
                .wide()
                .focus()
                .error(form.error("name")))
            (Field::text(language, "siren", form.say(siren))
                .value(&answers.siren)
                .hint(form.say(siren_hint))
                .error(form.error("siren")))
            (Field::choice(language, "country", form.say(country), countries, None)
                .value(&answers.country)
                .hint(form.say(Text::new(
                    "Il donne la monnaie des comptes.",
                    "It gives the currency of the books.",
                )))
                .error(form.error("country")))
            (Field::choice(
                language,
                "month",
                format!("3. {}", form.say(first)),
                months.collect(),
                None,
            )
                .value(&answers.month)
                .error(form.error("month")))
        },
    )
}

fn start(form: &Form<'_>) -> Markup {
    let chosen = form.answers.start;
    let choice = |start: Start, label: Text, note: Text| {
        html! {
            label.option {
                input type="radio" name="start" value=(start.word()) checked[start == chosen];
                span { b { (form.say(label)) } small.muted { (form.say(note)) } }
            }
        }
    };
    fieldset(
        form.say(Text::new("4. Pour commencer", "4. To begin with")),
        &html! {
            (choice(
                Start::Empty,
                Text::new("Une société vide", "An empty company"),
                Text::new(
                    "Plan comptable, journaux, taxes et unités sont là.",
                    "Chart of accounts, journals, taxes and units are there.",
                ),
            ))
            (choice(
                Start::Import,
                Text::new("Un fichier à importer", "A file to import"),
                Text::new(
                    "Clients, articles… : un CSV ou un classeur de votre logiciel actuel.",
                    "Customers, products…: a CSV or a workbook of your present software.",
                ),
            ))
            @if form.fills {
                (choice(
                    Start::Demo,
                    Text::new("Une démonstration", "A demonstration"),
                    Text::new(
                        "Une société inventée, ses clients, dix-huit mois de commandes et de \
                         comptes. Rien n’est envoyé ; les questions 1 à 3 sont sans objet.",
                        "An invented company, its customers, eighteen months of orders and \
                         books. Nothing is sent; questions 1 to 3 do not matter.",
                    ),
                ))
            }
        },
    )
}

fn owner(form: &Form<'_>) -> Markup {
    let (language, answers) = (form.language, form.answers);
    let hint = Text::new("15 caractères au moins.", "15 characters at least.");
    fieldset(
        form.say(Text::new("Vous", "You")),
        &html! {
            (Field::typed(
                language,
                "person",
                form.say(Text::new("Votre nom", "Your name")),
                "text",
                Some("name"),
            )
                .value(&answers.person)
                .required(true)
                .error(form.error("person")))
            (Field::email(language, "email", words::EMAIL.say(language))
                .value(&answers.email)
                .required(true)
                .error(form.error("email")))
            (Field::password(language, "password", words::PASSWORD.say(language), true)
                .required(true)
                .hint(form.say(hint))
                .error(form.error("password")))
        },
    )
}

/// Someone is not at the machine: what to do.
pub fn elsewhere(visitor: &Visitor, fault: &Fault) -> Response {
    let body = html! {
        h1.h1 { (TITLE.say(visitor.language)) }
        p.mt { (sentence(fault, visitor.language)) }
    };
    page_of(&page_plain(&visitor.shell(), TITLE.say(visitor.language), true, &body))
}

/// Someone else was quicker.
pub fn done(visitor: &Visitor) -> Response {
    let language = visitor.language;
    let body = html! {
        h1.h1 { (TITLE.say(language)) }
        p.mt { (sentence(&Fault::new("first_run.done"), language)) }
        div.acts.mt { (Button::link(words::SIGN_IN.say(language), "/sign-in").primary()) }
    };
    page_of(&page_plain(&visitor.shell(), TITLE.say(language), true, &body))
}
