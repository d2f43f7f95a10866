//! The sieve built without typing: its tree, a test taken away by a link, one added by a form.

use kernel::sieve::{Found, Moment};
use kernel::{CustomKind, EntityDef, Fault, FieldDef, Kind, Sieve, sentence};
use maud::{Markup, html};

use super::sifted::{Adding, WHERE, signs_of};
use super::spoken::Speaker;
use super::wanted::Wanted;
use crate::door::Ask;
use crate::parts::{Button, Icon, icon, say};
use crate::show::Reader;
use crate::titles::Titles;

/// What is drawn, for whom.
pub struct Builder<'a> {
    pub ask: &'a Ask,
    pub def: &'static EntityDef,
    pub wanted: &'a Wanted,
    pub adding: &'a Adding,
    /// Why the test could not be added.
    pub refused: Option<&'a Fault>,
    pub titles: &'a Titles,
}

fn placed(place: &[usize]) -> String {
    place.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

impl Builder<'_> {
    fn word(&self, fr: &'static str, en: &'static str) -> &'static str {
        say(self.ask.language, fr, en)
    }

    /// The address of the list with another sieve, still built.
    fn address(&self, sieve: Option<&Sieve>, at: &[usize]) -> String {
        let text = self.wanted.sifted.written(self.ask, self.def, sieve);
        let mut address = self.wanted.parameters().without(&[WHERE]);
        if !text.is_empty() {
            address.push(WHERE, text);
        }
        address.push("build", "1");
        if !at.is_empty() {
            address.push("add.at", placed(at));
        }
        address.after(&format!("/{}", self.def.plural))
    }

    /// The tree, and the form that adds to it.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let sieve = self.wanted.sifted.sieve.as_ref();
        html! {
            section.builder aria-label=(self.word("Filtre avancé", "Advanced filter")) {
                @match sieve {
                    Some(sieve) => { ul { (self.node(self.def, sieve, &[])) } },
                    None => {
                        p.muted {
                            (self.word("Aucun critère : tout passe.", "No test: everything passes."))
                        }
                        (self.form())
                    },
                }
            }
        }
    }

    fn node(&self, def: &'static EntityDef, sieve: &Sieve, place: &[usize]) -> Markup {
        let inside = match sieve {
            Sieve::All(_) | Sieve::Any(_) => self.group(def, sieve, place),
            Sieve::Not(inner) => html! {
                div.line {
                    b { (self.word("Sauf", "Not")) }
                    a.btn.bare.mini data-swap="#list"
                        href=(self.changed(place, |here| Some(here.negated()))) {
                        (self.word("ne plus exclure", "no longer exclude"))
                    }
                }
                ul { (self.node(def, inner, &below(place, 0))) }
            },
            Sieve::Step(step, inner) if inner.is_group() => html! {
                div.line { b { (self.speaker(|speaker| speaker.step(step).to_owned())) " ›" } }
                ul { (self.node(step.entity, inner, &below(place, 0))) }
            },
            leaf => html! {
                div.line {
                    span { (self.speaker(|speaker| speaker.say(def, leaf))) }
                    (self.tools(place, false))
                }
            },
        };
        html! {
            li {
                (inside)
                @if place == self.adding.place { (self.form()) }
            }
        }
    }

    fn group(&self, def: &'static EntityDef, sieve: &Sieve, place: &[usize]) -> Markup {
        let (now, other) = match sieve {
            Sieve::All(_) => (
                self.word("Tous ces critères", "All of these"),
                self.word("un seul suffit", "any one is enough"),
            ),
            _ => (
                self.word("L’un de ces critères", "Any of these"),
                self.word("tous à la fois", "all at once"),
            ),
        };
        let turned = self.changed(place, |here| Some(here.turned()));
        html! {
            div.line {
                b { (now) }
                a.btn.bare.mini href=(turned) data-swap="#list" { (other) }
                (self.tools(place, true))
            }
            ul {
                @for (rank, part) in sieve.parts().iter().enumerate() {
                    (self.node(def, part, &below(place, rank)))
                }
            }
        }
    }

    /// What can be done to what stands at a place. A test beside another makes a group of the
    /// kind that the group around is not.
    fn tools(&self, place: &[usize], group: bool) -> Markup {
        let sieve = self.wanted.sifted.sieve.as_ref();
        let up = place.split_last().map_or(&[][..], |(_, up)| up);
        let around = sieve.and_then(|sieve| sieve.at(self.def, up)).map(|(_, around)| around);
        let add = match (group, place.is_empty(), around) {
            (true, ..) => self.word("Ajouter un critère", "Add a test"),
            (false, false, Some(Sieve::All(_))) => self.word("ou…", "or…"),
            _ => self.word("et…", "and…"),
        };
        let exclude = self.changed(place, |here| Some(here.negated()));
        html! {
            @if place != self.adding.place {
                a.btn.bare.mini href=(self.address(sieve, place)) data-swap="#list" { (add) }
            }
            a.btn.bare.mini href=(exclude) data-swap="#list" {
                (self.word("exclure", "exclude"))
            }
            (self.link(
                self.word("Retirer", "Remove"), Icon::Close, &self.changed(place, |_| None),
            ))
        }
    }

    fn changed(&self, place: &[usize], change: impl FnOnce(Sieve) -> Option<Sieve>) -> String {
        let sieve = self.wanted.sifted.sieve.clone();
        self.address(sieve.and_then(|sieve| sieve.changed(place, change)).as_ref(), &[])
    }

    fn link(&self, label: &str, drawing: Icon, href: &str) -> Markup {
        html! {
            a.btn.bare.mini href=(href) data-swap="#list" title=(label) aria-label=(label) {
                (icon(drawing))
            }
        }
    }

    fn speaker<T>(&self, speak: impl FnOnce(&Speaker<'_>) -> T) -> T {
        let reader = Reader {
            catalog: self.ask.state.catalog,
            actor: &self.ask.actor,
            language: self.ask.language,
            titles: self.titles,
        };
        let scope = self.wanted.sifted.scope(self.ask);
        speak(&Speaker { reader, scope: &scope })
    }

    // ——— the form ———

    fn form(&self) -> Markup {
        let scope = self.wanted.sifted.scope(self.ask);
        let entity = self.adding.entity(self.def, self.wanted.sifted.sieve.as_ref());
        let found = if self.adding.field.is_empty() {
            None
        } else {
            self.adding.found(&scope, entity).ok().flatten()
        };
        // Without a field yet, choosing one is all there is to do.
        let at_once = found.is_none();
        html! {
            form.line method="get" action={ "/" (self.def.plural) } data-swap="#list"
                data-filter[at_once] {
                @for (name, value) in &self.wanted.parameters().0 {
                    input type="hidden" name=(name) value=(value);
                }
                input type="hidden" name="build" value="1";
                input type="hidden" name="add.at" value=(placed(&self.adding.place));
                (self.fields(entity))
                @if let Some(found) = &found {
                    (self.signs(found))
                    (self.value(found))
                    (Button::submit(self.word("Ajouter", "Add")).icon(Icon::Plus).small())
                } @else {
                    (Button::submit(self.word("Choisir", "Choose")).small())
                }
                @if let Some(fault) = self.refused {
                    p.error role="alert" { (sentence(fault, self.ask.language)) }
                }
            }
        }
    }

    fn fields(&self, entity: &'static EntityDef) -> Markup {
        let scope = self.wanted.sifted.scope(self.ask);
        let label = self.word("Champ", "Field");
        let mut groups: Vec<(String, Vec<(String, String)>)> = Vec::new();
        let mut own = Vec::new();
        for (name, found, label) in scope.words(entity) {
            let step = match &found {
                Found::Step(step) => Some(*step),
                Found::Field(field) => scope.along(field).ok().flatten(),
                Found::Custom(_) => None,
            };
            if let Some(step) = step {
                let inner = scope.words(step.entity).into_iter();
                let inner = inner
                    .filter(|(_, found, _)| !matches!(found, Found::Step(_)))
                    .map(|(field, _, word)| (format!("{name}.{field}"), word));
                groups.push((format!("{label} ›"), inner.collect()));
            }
            own.push((name, label));
        }
        html! {
            select.in name="add.field" aria-label=(label) data-focus {
                option value="" { (label) "…" }
                (options(&own, &self.adding.field))
                @for (label, fields) in &groups {
                    optgroup label=(label) { (options(fields, &self.adding.field)) }
                }
            }
        }
    }

    fn signs(&self, found: &Found) -> Markup {
        let signs = signs_of(found);
        html! {
            select.in name="add.sign" aria-label=(self.word("Comparaison", "Comparison")) {
                @for sign in signs {
                    option value=(sign) selected[*sign == self.adding.sign] { (self.sign(sign)) }
                }
            }
        }
    }

    fn sign(&self, sign: &str) -> &'static str {
        match sign {
            "isnt" => self.word("n’est pas", "is not"),
            "contains" => self.word("contient", "contains"),
            "atleast" => self.word("au moins, à partir de", "at least, from"),
            "atmost" => self.word("au plus, jusqu’à", "at most, until"),
            "above" => self.word("plus que, après", "more than, after"),
            "below" => self.word("moins que, avant", "less than, before"),
            "empty" => self.word("est vide", "is empty"),
            "filled" => self.word("est rempli", "is filled in"),
            _ => self.word("est", "is"),
        }
    }

    fn value(&self, found: &Found) -> Markup {
        let label = self.word("Valeur", "Value");
        let text = |mode: Option<&str>| {
            html! {
                input.in type="text" name="add.value" value=(self.adding.value) aria-label=(label)
                    autocomplete="off" inputmode=[mode];
            }
        };
        match found {
            Found::Field(field) => self.value_of(field, label, &text),
            Found::Custom(custom) => match custom.kind {
                CustomKind::Text => text(None),
                CustomKind::Number => text(Some("decimal")),
                CustomKind::Day => self.day(label),
                CustomKind::Flag => self.flag(label),
                CustomKind::Choice => {
                    let choices = custom.choices();
                    let choices: Vec<(String, String)> =
                        choices.map(|one| (one.to_owned(), one.to_owned())).collect();
                    self.select(label, &choices)
                }
            },
            Found::Step(_) => html! {},
        }
    }

    fn value_of(
        &self,
        field: &FieldDef,
        label: &str,
        text: &dyn Fn(Option<&str>) -> Markup,
    ) -> Markup {
        match field.kind {
            Kind::Choice(values) => {
                let values = values.iter().map(|(name, label)| {
                    ((*name).to_owned(), label.say(self.ask.language).to_owned())
                });
                self.select(label, &values.collect::<Vec<_>>())
            }
            Kind::Flag => self.flag(label),
            Kind::Day | Kind::Instant => self.day(label),
            Kind::Ref(target) => html! {
                span.pick data-pick=(target) {
                    input type="hidden" name="add.value" value="";
                    input type="hidden" name="add.value.was" value="";
                    input.in name="add.value.text" type="text" value=(self.adding.words)
                        autocomplete="off" role="combobox" aria-expanded="false"
                        aria-autocomplete="list" aria-label=(label) placeholder=(label);
                }
            },
            Kind::Text { .. } | Kind::LongText | Kind::Origin | Kind::Lines(_) => text(None),
            _ => text(Some("decimal")),
        }
    }

    fn flag(&self, label: &str) -> Markup {
        let words = [("true", "oui", "yes"), ("false", "non", "no")];
        let words = words.map(|(value, fr, en)| (value.to_owned(), self.word(fr, en).to_owned()));
        self.select(label, &words)
    }

    fn day(&self, label: &str) -> Markup {
        let moments =
            Moment::words(self.ask.language).map(|word| (word.to_owned(), word.replace('_', " ")));
        let back = if self.ask.language == kernel::Language::French { "j" } else { "d" };
        let ago = [7, 30, 90, 365].map(|days| {
            let word = match self.ask.language {
                kernel::Language::French => format!("il y a {days} jours"),
                kernel::Language::English => format!("{days} days ago"),
            };
            (format!("-{days}{back}"), word)
        });
        let moments: Vec<(String, String)> = moments.chain(ago).collect();
        html! {
            select.in name="add.value.moment" aria-label=(self.word("Période", "Period")) {
                option value="" { (self.word("le jour :", "the day:")) }
                (options(&moments, ""))
            }
            input.in type="date" name="add.value" aria-label=(label);
        }
    }

    fn select(&self, label: &str, values: &[(String, String)]) -> Markup {
        html! {
            select.in name="add.value" aria-label=(label) { (options(values, &self.adding.value)) }
        }
    }
}

fn options(values: &[(String, String)], now: &str) -> Markup {
    html! {
        @for (value, label) in values {
            option value=(value) selected[value == now] { (label) }
        }
    }
}

fn below(place: &[usize], rank: usize) -> Vec<usize> {
    place.iter().copied().chain([rank]).collect()
}
