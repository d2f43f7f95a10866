//! What there is to do on the first day, so that the company is safe: one page of lights, each with
//! what to do next.

use identity::{ApiToken, Role, User, second_factor};
use kernel::{Faults, Filter, Instant, Kept, Text, Tx};
use maud::{Markup, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Tone, head, rows, section, state};
use crate::standing::Standing;
use crate::words;

pub const TITLE: Text = Text::new("Sécurité : premier jour", "Security: first day");
pub const PLACE: &str = "/settings/first-day";

/// How a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Light {
    Good,
    Look,
    Bad,
}

impl Light {
    const fn tone(self) -> Tone {
        match self {
            Light::Good => Tone::Yours,
            Light::Look => Tone::Watch,
            Light::Bad => Tone::Blocked,
        }
    }
    const fn word(self) -> Text {
        match self {
            Light::Good => Text::new("Fait", "Done"),
            Light::Look => Text::new("À voir", "To look at"),
            Light::Bad => Text::new("À faire", "To do"),
        }
    }
}

/// A point of the page: how it stands, what it is, what to do about it, and where.
struct Point {
    light: Light,
    what: Text,
    next: Text,
    href: Option<&'static str>,
    /// What to type on the machine.
    command: Option<&'static str>,
}

impl Point {
    const fn new(light: Light, what: Text, next: Text) -> Self {
        Self { light, what, next, href: None, command: None }
    }
    const fn at(mut self, href: &'static str) -> Self {
        self.href = Some(href);
        self
    }
    const fn by(mut self, command: &'static str) -> Self {
        self.command = Some(command);
        self
    }
}

/// Whether the person may see how safe the installation is.
#[must_use]
pub fn may(ask: &Ask) -> bool {
    ask.actor.can("user.update")
}

/// `GET /settings/first-day`.
pub async fn show(ask: Ask) -> Answer {
    ask.may("user.update")?;
    let (store, company) = (ask.state.store.clone(), ask.actor.company);
    let people = ask.read(|tx, _| people(tx)).await?;
    let sealed = ask
        .visitor
        .waiting(move |_| store.checkpoint(company))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    let now = store::now();
    let sealed = sealed.is_some_and(|last| now.0 - last.at.0 < Instant::DAY);
    let mut audit = audit(&ask.state.standing);
    audit.insert(0, seal(sealed));
    let groups = [
        (Text::new("Personnes", "People"), people),
        (Text::new("Connexions et disque", "Connections and disk"), machine(&ask.state.standing)),
        (Text::new("Journal et courrier", "Audit and mail"), audit),
    ];
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = ask.say(TITLE);
    let left = groups.iter().flat_map(|(_, points)| points);
    let left = left.filter(|point| point.light == Light::Bad).count();
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        p.prose.muted.mb { (told(&ask, left)) }
        div.cols {
            @for (label, points) in &groups {
                (section(ask.say(*label), &html! {}, &drawn(&ask, points)))
            }
        }
    };
    Ok(ask.page("settings", crumbs, title, &body))
}

fn told(ask: &Ask, left: usize) -> String {
    let said = match left {
        0 => Text::new("Rien ne reste à faire.", "Nothing is left to do."),
        1 => Text::new("Un point reste à faire.", "One point is left to do."),
        _ => {
            let points = Text::new("points restent à faire.", "points are left to do.");
            return format!("{left} {}", ask.say(points));
        }
    };
    ask.say(said).to_owned()
}

fn drawn(ask: &Ask, points: &[Point]) -> Markup {
    let lines: Vec<(Markup, Markup)> = points
        .iter()
        .map(|point| {
            let what = html! {
                @match point.href {
                    Some(href) => a.b href=(href) { (ask.say(point.what)) },
                    None => b { (ask.say(point.what)) },
                }
                small {
                    (ask.say(point.next))
                    @if let Some(command) = point.command { " " code { (command) } }
                }
            };
            (what, state(point.light.tone(), ask.say(point.light.word())))
        })
        .collect();
    rows(&lines)
}

const fn choose(good: bool, otherwise: Light) -> Light {
    if good { Light::Good } else { otherwise }
}

fn people(tx: &mut Tx<'_>) -> Result<Vec<Point>, Faults> {
    let users = tx.find(User::ACTIVE.is(&true))?;
    let owners: Vec<&Kept<User>> = users.iter().filter(|user| user.role == Role::Owner).collect();
    let mut bare = false;
    for owner in &owners {
        bare |= second_factor::of(tx, owner.id)?.is_none();
    }
    let endless = tx.find::<ApiToken>(Filter::everything())?;
    let endless = endless.iter().any(|token| token.expires_at.is_none());
    Ok(vec![
        Point::new(
            choose(!bare, Light::Bad),
            Text::new("Second facteur de la direction", "Second factor of the owners"),
            Text::new(
                "Chaque personne de la direction entre avec un code en plus de son mot de passe.",
                "Each owner comes in with a code besides their password.",
            ),
        )
        .at("/me/security"),
        Point::new(
            choose(owners.len() > 1, Light::Look),
            Text::new("Deux personnes à la direction", "Two owners"),
            Text::new(
                "Si l’une perd son téléphone, l’autre la fait rentrer ; un droit changé par l’une \
                 est revu par l’autre.",
                "If one loses their phone, the other lets them in again; a right changed by one is \
                 reviewed by the other.",
            ),
        )
        .at("/settings/users"),
        Point::new(
            choose(!endless, Light::Look),
            Text::new("Jetons d’API avec une fin", "API tokens that end"),
            Text::new(
                "Un jeton sans fin qui s’égare ouvre toujours.",
                "A token without an end still opens once it is lost.",
            ),
        )
        .at("/settings/tokens"),
    ])
}

fn machine(standing: &Standing) -> Vec<Point> {
    let secret = Text::new("Connexions chiffrées", "Encrypted connections");
    let mut points = vec![if standing.tls {
        let said = "Les pages ne voyagent que chiffrées.";
        Point::new(Light::Good, secret, Text::new(said, "Pages travel encrypted only."))
    } else {
        let near = Text::new(
            "Seule cette machine y vient : rien ne voyage. Avant d’ouvrir à d’autres :",
            "Only this machine comes here: nothing travels. Before opening to others:",
        );
        let open = Text::new("Chiffrez les connexions :", "Encrypt the connections:");
        let light = choose(standing.near, Light::Bad);
        Point::new(light, secret, if standing.near { near } else { open })
            .by("comptoir serve --tls-domain")
    }];
    let disk = Text::new("Base chiffrée sur le disque", "Database encrypted on its disk");
    points.push(match standing.encrypted {
        Some(true) => {
            let said = "Une copie du fichier ne dit rien sans la clé.";
            Point::new(Light::Good, disk, Text::new(said, "A copy says nothing without its key."))
        }
        Some(false) => {
            let said = Text::new("Arrêtez, puis :", "Stop, then:");
            Point::new(Light::Bad, disk, said).by("comptoir key rotate")
        }
        None => Point::new(
            Light::Look,
            disk,
            Text::new(
                "PostgreSQL ne chiffre pas ses fichiers : le disque du serveur doit l’être.",
                "PostgreSQL does not encrypt its files: the server’s disk has to be.",
            ),
        ),
    });
    if standing.encrypted == Some(true) {
        points.push(
            Point::new(
                choose(standing.key_apart, Light::Look),
                Text::new("Clé à part des données", "Key apart from the data"),
                Text::new(
                    "Rangée avec la base, la clé part avec elle ; gardez-en aussi un double au \
                     coffre.",
                    "Kept with the database, the key leaves with it; keep a double in a safe, too.",
                ),
            )
            .by("comptoir serve --key"),
        );
    }
    points
}

fn seal(sealed: bool) -> Point {
    Point::new(
        choose(sealed, Light::Look),
        Text::new("Journal scellé", "Sealed audit"),
        Text::new(
            "Ce qui a été fait et vu est signé chaque minute ; personne ne le réécrit.",
            "What was done and seen is signed each minute; nobody writes it again.",
        ),
    )
    .at("/audit")
}

fn audit(standing: &Standing) -> Vec<Point> {
    vec![
        Point::new(
            choose(standing.witness, Light::Look),
            Text::new("Un témoin ailleurs", "A witness elsewhere"),
            Text::new(
                "Les signatures copiées sur une autre machine prouvent que la fin du journal n’a \
                 pas été coupée.",
                "Signatures copied to another machine prove that the end of the audit was not cut.",
            ),
        )
        .by("comptoir serve --witness"),
        Point::new(
            choose(standing.mail, Light::Look),
            Text::new("Serveur de courrier", "Mail server"),
            Text::new(
                "Sans lui, ni facture, ni invitation, ni mot de passe oublié ne partent.",
                "Without one, no invoice, no invitation and no forgotten password leaves.",
            ),
        )
        .by("comptoir serve --smtp"),
    ]
}
