//! How the units of UN/ECE recommendations 20 and 21 are written after a quantity.

use kernel::{Language, Text};

const UNITS: [(&str, Text); 24] = [
    ("HUR", Text::new("h", "h")),
    ("DAY", Text::new("j", "d")),
    ("MON", Text::new("mois", "mo")),
    ("ANN", Text::new("an", "yr")),
    ("MIN", Text::new("min", "min")),
    ("KGM", Text::new("kg", "kg")),
    ("GRM", Text::new("g", "g")),
    ("TNE", Text::new("t", "t")),
    ("MTR", Text::new("m", "m")),
    ("CMT", Text::new("cm", "cm")),
    ("KMT", Text::new("km", "km")),
    ("MTK", Text::new("m²", "m²")),
    ("MTQ", Text::new("m³", "m³")),
    ("LTR", Text::new("l", "l")),
    ("CLT", Text::new("cl", "cl")),
    ("KWH", Text::new("kWh", "kWh")),
    ("SET", Text::new("lot", "set")),
    ("PR", Text::new("paire", "pair")),
    ("DZN", Text::new("dz", "dz")),
    ("XBX", Text::new("boîte", "box")),
    ("XCT", Text::new("carton", "carton")),
    ("XPX", Text::new("palette", "pallet")),
    ("XRO", Text::new("rouleau", "roll")),
    ("XSA", Text::new("sac", "sack")),
];

/// The sign of a unit; nothing for plain pieces.
pub fn sign(code: &str, language: Language) -> &str {
    match code {
        "C62" | "H87" | "EA" | "" => "",
        _ => UNITS
            .iter()
            .find(|(known, _)| *known == code)
            .map_or(code, |(_, text)| text.say(language)),
    }
}
