//! The house's icons: strokes of 1.25 on a square of 16, drawn for Comptoir.

use maud::{Markup, PreEscaped, html};

/// One of the icons. Decorative always: the word stands beside it, or in an `aria-label`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Home,
    Sales,
    Cart,
    Stock,
    Production,
    Finance,
    Service,
    Team,
    Exchange,
    Settings,
    Search,
    Plus,
    Camera,
    Print,
    Lock,
    Check,
    Close,
    Down,
    Up,
    Right,
    Left,
    Mail,
    Phone,
    Note,
    Truck,
    File,
    Filter,
    Menu,
    More,
    User,
    Bell,
    Sun,
    Moon,
    Day,
    Clock,
    Warning,
    Link,
    Sort,
    Edit,
    Download,
    Undo,
    Chart,
}

impl Icon {
    /// Every icon in the order of the list above: its name, and its drawing as path data.
    pub const ALL: [(Icon, &'static str, &'static str); 42] = [
        (Icon::Home, "home", "M2.5 7.5 8 3l5.5 4.5V13h-4V9.5h-3V13h-4z"),
        (Icon::Sales, "sales", "M3 2.5h10v11l-2-1.3-2 1.3-2-1.3-2 1.3-2-1.3zM5.5 6h5M5.5 8.5h3"),
        (
            Icon::Cart,
            "cart",
            "M1.5 3h2l1.6 7h7l1.4-5H4.2M5 12.8a1 1 0 1 0 2 0 1 1 0 1 0-2 0zM10 12.8a1 1 \
             0 1 0 2 0 1 1 0 1 0-2 0z",
        ),
        (
            Icon::Stock,
            "stock",
            "M2 2v12M14 2v12M2 6.5h12M2 12h12M4.5 6.5V4h3v2.5M8.5 12V8.8h3.5V12",
        ),
        (
            Icon::Production,
            "production",
            "M2 13.5V7l4 2.5V7l4 2.5V2.5h3.5v11zM5 11.5h1M8 11.5h1M11 11.5h1",
        ),
        (Icon::Finance, "finance", "M3 2.5h9.5v11H3zM5.5 2.5v11M8 5.5h2.5M8 8h2.5M8 10.5h2.5"),
        (Icon::Service, "service", "M2 12.5h12M3 12.5a5 5 0 0 1 10 0M8 7.5V5M6.5 4.8h3"),
        (
            Icon::Team,
            "team",
            "M3.7 5a2.3 2.3 0 1 0 4.6 0 2.3 2.3 0 1 0-4.6 0zM1.8 13c0-2.6 1.8-4 \
             4.2-4s4.2 1.4 4.2 4M10.5 3a2.2 2.2 0 0 1 0 4.2M12 9.4c1.4.5 2.2 1.8 2.2 3.6",
        ),
        (Icon::Exchange, "exchange", "M2 5.5h11L10.5 3M14 10.5H3L5.5 13"),
        (Icon::Settings, "settings", "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M9 3v3h3V3zM4 10v3h3v-3z"),
        (
            Icon::Search,
            "search",
            "M2.7 7a4.3 4.3 0 1 0 8.6 0 4.3 4.3 0 1 0-8.6 0zM10.3 10.3l3.4 3.4",
        ),
        (Icon::Plus, "plus", "M8 3v10M3 8h10"),
        (
            Icon::Camera,
            "camera",
            "M2 5.5h3l1-2h4l1 2h3v7.5H2zM10.5 9a2.5 2.5 0 1 1-5 0a2.5 2.5 0 1 1 5 0",
        ),
        (Icon::Print, "print", "M4.5 5.5v-3h7v3M4.5 11h-2V5.5h11V11h-2M4.5 9.5h7v4h-7z"),
        (Icon::Lock, "lock", "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5M8 10v1.5"),
        (Icon::Check, "check", "M3 8.5l3.2 3.2L13 4.8"),
        (Icon::Close, "close", "M4 4l8 8M12 4l-8 8"),
        (Icon::Down, "down", "M4 6l4 4 4-4"),
        (Icon::Up, "up", "M4 10l4-4 4 4"),
        (Icon::Right, "right", "M6 4l4 4-4 4"),
        (Icon::Left, "left", "M10 4L6 8l4 4"),
        (Icon::Mail, "mail", "M2 3.5h12v9H2zM2 4.5l6 4.5 6-4.5"),
        (
            Icon::Phone,
            "phone",
            "M3 2.5h2.6l1.1 3-1.5 1.2c.7 1.7 1.9 2.9 3.6 3.6l1.2-1.5 3 1.1v2.6c-6 \
             .6-10.6-4-10-10z",
        ),
        (Icon::Note, "note", "M3 2.5h10v7.5l-3.5 3.5H3zM9.5 13.5V10H13M5.5 5.5h5M5.5 8h3"),
        (
            Icon::Truck,
            "truck",
            "M1.5 4h8v7.5h-8zM9.5 6.5h2.7l2.3 2.4v2.6h-5M3.2 12a1.3 1.3 0 1 0 2.6 0 1.3 \
             1.3 0 1 0-2.6 0zM10.2 12a1.3 1.3 0 1 0 2.6 0 1.3 1.3 0 1 0-2.6 0z",
        ),
        (Icon::File, "file", "M3.5 2h6l3 3v9h-9zM9.5 2v3h3M5.5 8h5M5.5 10.5h5"),
        (Icon::Filter, "filter", "M2 4h12M4.5 8h7M6.5 12h3"),
        (Icon::Menu, "menu", "M2.5 4.5h11M2.5 8h11M2.5 11.5h11"),
        (Icon::More, "more", "M3 8h1M7.5 8h1M12 8h1"),
        (
            Icon::User,
            "user",
            "M5.3 5.2a2.7 2.7 0 1 0 5.4 0 2.7 2.7 0 1 0-5.4 0zM3 13.5c0-3 2-4.7 5-4.7s5 \
             1.7 5 4.7",
        ),
        (
            Icon::Bell,
            "bell",
            "M4 11.5c1-1 1-2.5 1-4a3 3 0 0 1 6 0c0 1.5 0 3 1 4zM6.8 13.5h2.4M8 4.5v-2",
        ),
        (
            Icon::Sun,
            "sun",
            "M5.2 8a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 1 0-5.6 0zM8 1.5v2M8 12.5v2M1.5 \
             8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 \
             11.2l-1.4 1.4",
        ),
        (Icon::Moon, "moon", "M13 9.8A5.7 5.7 0 0 1 6.2 3a5.7 5.7 0 1 0 6.8 6.8z"),
        (Icon::Day, "day", "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5"),
        (Icon::Clock, "clock", "M2.3 8a5.7 5.7 0 1 0 11.4 0A5.7 5.7 0 1 0 2.3 8zM8 4.8V8l2.3 1.6"),
        (Icon::Warning, "warning", "M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.3v.01"),
        (
            Icon::Link,
            "link",
            "M6.5 9.5l3-3M7 4.5l1.4-1.4a2.7 2.7 0 0 1 4.5 3.5L11.5 9M9 11.5l-1.4 1.4a2.7 \
             2.7 0 0 1-4.5-3.5L4.5 7",
        ),
        (Icon::Sort, "sort", "M5 3v10L2.8 10.8M11 13V3l2.2 2.2"),
        (Icon::Edit, "edit", "M2.5 13.5l.7-3L10.5 3.2l2.3 2.3-7.3 7.3zM9 4.7 11.3 7"),
        (Icon::Download, "download", "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11"),
        (Icon::Undo, "undo", "M2.5 6.5h7a3.5 3.5 0 0 1 0 7H6M5.5 3.5l-3 3 3 3"),
        (Icon::Chart, "chart", "M2.5 2.5v11h11M5.5 11V8M8.5 11V4.5M11.5 11V6.5"),
    ];

    const fn path(self) -> &'static str {
        Self::ALL[self as usize].2
    }
}

/// The icon, hidden from assistive technology: always give a word as well.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.i viewBox="0 0 16 16" aria-hidden="true" { path d=(PreEscaped(icon.path())) {} }
    }
}

/// The sign of the house: a counter with its two trestles.
#[must_use]
pub fn sign() -> Markup {
    html! {
        svg viewBox="0 0 18 18" aria-hidden="true" {
            path d="M1 6.5h16M1 9h16M3.5 9v7.5M14.5 9v7.5M6.5 6.5v-4h5v4" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawings_stand_in_the_order_of_the_icons() {
        for (rank, (drawing, name, path)) in Icon::ALL.iter().enumerate() {
            assert_eq!(*drawing as usize, rank, "{name}");
            assert!(path.starts_with('M'), "{name}");
        }
    }
}
