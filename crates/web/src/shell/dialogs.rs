//! The dialogs every page carries: palette, keys, confirmation. Scripts open them; nothing depends
//! on them.

use maud::{Markup, html};

use super::Shell;
use crate::parts::{Icon, Tone, dialog, icon, shown, toast};

pub(super) fn all(shell: &Shell) -> Markup {
    html! { (palette(shell)) (keys(shell)) (confirmation(shell)) }
}

/// The palette: its answers come from `/palette?q=`.
fn palette(shell: &Shell) -> Markup {
    let label = shell.say("Chercher ou lancer une action", "Search or run an action");
    html! {
        dialog.palette #palette aria-label=(label) {
            div.q {
                (icon(Icon::Search))
                input type="text" inputmode="search" name="q" autocomplete="off" spellcheck="false"
                    placeholder=(label)
                    aria-label=(label) role="combobox" aria-expanded="true" aria-autocomplete="list"
                    aria-controls="found";
                kbd aria-hidden="true" { (shell.say("Échap", "Esc")) }
            }
            div.found #found role="listbox" aria-label=(shell.say("Résultats", "Results")) {}
            div.keys aria-hidden="true" {
                span { kbd { "↑" } kbd { "↓" } (shell.say("parcourir", "browse")) }
                span { kbd { "↵" } (shell.say("ouvrir", "open")) }
                span { kbd { ">" } (shell.say("actions seules", "actions only")) }
                span { kbd { "#" } (shell.say("numéro de pièce", "document number")) }
            }
        }
    }
}

/// The key map. The keys of the page itself are added by the script that reads them.
fn keys(shell: &Shell) -> Markup {
    let general = [
        ("ctrl+k", shell.say("Chercher, agir", "Search, act")),
        ("?", shell.say("Cette aide", "This help")),
        ("j", shell.say("Ligne suivante", "Next line")),
        ("k", shell.say("Ligne précédente", "Previous line")),
        ("enter", shell.say("Ouvrir la ligne", "Open the line")),
        ("x", shell.say("Choisir la ligne", "Choose the line")),
        ("e", shell.say("Modifier", "Edit")),
        ("c", shell.say("Créer", "Create")),
        ("ctrl+s", shell.say("Enregistrer", "Save")),
        ("ctrl+z", shell.say("Défaire", "Undo")),
        ("escape", shell.say("Fermer, annuler", "Close, cancel")),
    ];
    let places = shell.nav.iter().flat_map(|group| {
        let own = group.letter.map(|letter| (letter, group.label.as_str()));
        let pages = group
            .items
            .iter()
            .filter_map(|item| item.letter.map(|letter| (letter, item.label.as_str())));
        own.into_iter().chain(pages)
    });
    let content = html! {
        div.keymap {
            @for (key, deed) in general { div { span { (deed) } kbd { (shown(key)) } } }
        }
        h3 { (shell.say("Aller à", "Go to")) }
        div.keymap {
            @for (letter, place) in places {
                div {
                    span { (place) }
                    span { kbd { "G" } " " kbd { (letter.to_ascii_uppercase()) } }
                }
            }
        }
        h3 data-page-keys hidden { (shell.say("Sur cette page", "On this page")) }
        div.keymap data-page-keys hidden {}
    };
    dialog(shell.language, "keys", shell.say("Raccourcis clavier", "Keyboard shortcuts"), &content)
}

/// The question asked before an act that takes something away.
fn confirmation(shell: &Shell) -> Markup {
    html! {
        dialog #confirm role="alertdialog" aria-labelledby="confirm-question" {
            form method="dialog" {
                p.t-4 #confirm-question {}
                div.acts {
                    button.btn value="no" { (shell.say("Renoncer", "Cancel")) }
                    button.btn.pri value="yes" data-yes { (shell.say("Continuer", "Continue")) }
                }
            }
            template data-toast-new { (toast(shell.language, Tone::Done, "", None, &html! {})) }
            template data-words="changed" {
                (shell.say(
                    "Ce qui est affiché a changé.",
                    "What is shown has changed.",
                ))
            }
            template data-words="elsewhere" {
                (shell.say(
                    "Vient d’être changé par quelqu’un d’autre : ",
                    "Just changed by someone else: ",
                ))
            }
            template data-words="reload" { (shell.say("Actualiser", "Refresh")) }
            template data-words="failed" {
                (shell.say(
                    "Le serveur n’a pas répondu. Rien n’est perdu : réessayez.",
                    "The server did not answer. Nothing is lost: try again.",
                ))
            }
            template data-words="leave" {
                (shell.say(
                    "Des saisies ne sont pas enregistrées. Quitter la page ?",
                    "Some entries are not saved. Leave the page?",
                ))
            }
        }
    }
}
