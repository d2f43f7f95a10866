//! The rail at the left, and the bar at the bottom of a phone that stands for it.

use maud::{Markup, html};

use super::{NavGroup, Shell, menu};
use crate::parts::{Icon, icon, sign};

fn open(shell: &Shell, group: &NavGroup) -> bool {
    shell.says(group.key) || group.items.iter().any(|item| shell.says(item.key))
}

/// The rail: groups, and the pages of the group we are in.
pub(super) fn rail(shell: &Shell) -> Markup {
    html! {
        nav.rail #rail aria-label=(shell.say("Modules", "Modules")) {
            a.brand href="/" title="Comptoir" { (sign()) span { "Comptoir" } }
            a.close href="#main" aria-label=(shell.say("Fermer le menu", "Close the menu")) {
                (icon(Icon::Close))
            }
            @if !shell.house.0.is_empty() {
                div.house { b { (shell.house.0) } small { (shell.house.1) } }
            }
            ul {
                @for group in &shell.nav {
                    @let on = open(shell, group);
                    li {
                        a.go .on[on] href=(group.href) title=(group.label) data-go=[group.letter]
                            aria-current=[(on && group.items.is_empty()).then_some("page")] {
                            (icon(group.icon))
                            span { (group.label) }
                            @if let Some(count) = &group.count { small { (count) } }
                        }
                        @if !group.items.is_empty() { (pages(shell, group)) }
                    }
                }
            }
            (menu::foot(shell))
        }
    }
}

fn pages(shell: &Shell, group: &NavGroup) -> Markup {
    html! {
        ul.sub {
            @for item in &group.items {
                @let on = shell.says(item.key);
                li {
                    a href=(item.href) .on[on] aria-current=[on.then_some("page")]
                        data-go=[item.letter] {
                        (item.label)
                        @if let Some(count) = &item.count { small { (count) } }
                    }
                }
            }
        }
    }
}

/// The bottom bar: four groups within the thumb's reach, and the rest.
pub(super) fn dock(shell: &Shell) -> Markup {
    html! {
        nav.dock aria-label=(shell.say("Raccourcis", "Shortcuts")) {
            @for group in shell.nav.iter().filter(|group| group.docked).take(4) {
                @let on = open(shell, group);
                a .on[on] href=(group.href) aria-current=[on.then_some("true")] {
                    (icon(group.icon)) (group.label)
                }
            }
            a href="#rail" { (icon(Icon::Menu)) (shell.say("Plus", "More")) }
        }
    }
}
