//! The four faces of our documents, and the shaping of text with them.
//!
//! A text is shaped once: the same glyphs are measured and drawn.

use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, ShapePlan, UnicodeBuffer, script};

/// A face we embed. Their licence is beside them, in `fonts/OFL.txt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Inter Regular: text and figures.
    Regular,
    /// Inter Medium: what the eye must find.
    Medium,
    /// Inter Semi Bold: totals.
    SemiBold,
    /// EB Garamond: titles and the one amount the sheet is about.
    Serif,
}

const FILES: [&[u8]; 4] = [
    include_bytes!("../../fonts/inter-regular.otf"),
    include_bytes!("../../fonts/inter-medium.otf"),
    include_bytes!("../../fonts/inter-semibold.otf"),
    include_bytes!("../../fonts/eb-garamond-regular.otf"),
];

/// What stands for a character that no face has: PDF/A forbids a missing glyph.
const MISSING: char = '\u{25a1}';

struct Loaded {
    drawn: Font,
    shaped: rustybuzz::Face<'static>,
    plan: ShapePlan,
}

fn loaded(face: Face) -> &'static Loaded {
    static LOADED: OnceLock<[Loaded; 4]> = OnceLock::new();
    let all = LOADED.get_or_init(|| FILES.map(load));
    match face {
        Face::Regular => &all[0],
        Face::Medium => &all[1],
        Face::SemiBold => &all[2],
        Face::Serif => &all[3],
    }
}

fn load(file: &'static [u8]) -> Loaded {
    let drawn = Font::new(file.into(), 0).expect("the embedded fonts are whole");
    let shaped = rustybuzz::Face::from_slice(file, 0).expect("the embedded fonts are whole");
    // Figures of equal width, so that columns line up, and of equal height in the serif too.
    let features = [b"tnum", b"lnum"].map(|tag| Feature::new(Tag::from_bytes(tag), 1, ..));
    let (direction, latin) = (Direction::LeftToRight, Some(script::LATIN));
    let plan = ShapePlan::new(&shaped, direction, latin, None, &features);
    Loaded { drawn, shaped, plan }
}

/// A text shaped in one face; widths are in ems.
#[derive(Debug, Clone)]
pub struct Run {
    pub text: String,
    pub face: Face,
    pub glyphs: Vec<KrillaGlyph>,
    pub ems: f32,
}

impl Run {
    /// The font to draw the glyphs with.
    pub fn font(&self) -> Font {
        loaded(self.face).drawn.clone()
    }
}

/// Shapes one line of text. Characters that the face lacks are looked for in Inter, then replaced.
pub fn shape(text: &str, face: Face) -> Run {
    let face = if face == Face::Serif && !text.chars().all(|c| drawable(c) && has(c, face)) {
        Face::Regular
    } else {
        face
    };
    let text: String = text
        .chars()
        .filter(|&c| !invisible(c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .map(|c| if drawable(c) && has(c, face) { c } else { MISSING })
        .collect();
    let font = loaded(face);
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(script::LATIN);
    let shaped = rustybuzz::shape_with_plan(&font.shaped, &font.plan, buffer);
    let em = font.drawn.units_per_em();
    let starts: Vec<usize> =
        shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    let mut ems = 0.0;
    let mut glyphs = Vec::with_capacity(starts.len());
    for (rank, (info, position)) in
        shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate()
    {
        let start = starts[rank];
        let end = starts[rank..].iter().find(|&&next| next > start).copied();
        let advance = position.x_advance as f32 / em;
        ems += advance;
        glyphs.push(KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            advance,
            position.x_offset as f32 / em,
            position.y_offset as f32 / em,
            position.y_advance as f32 / em,
            start..end.unwrap_or(text.len()),
            None,
        ));
    }
    Run { text, face, glyphs, ems }
}

fn has(character: char, face: Face) -> bool {
    loaded(face).shaped.glyph_index(character).is_some_and(|glyph| glyph.0 != 0)
}

/// The private areas and the byte order marks may not be mapped by a glyph of a PDF/A.
fn drawable(character: char) -> bool {
    !matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fffe}' | '\u{f0000}'..)
}

/// Marks that only steer the setting of text, such as joiners and directions.
fn invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_one_width() {
        let widths: Vec<f32> = ["1111", "8888", "0000"].map(|t| shape(t, Face::Regular).ems).into();
        assert_eq!(widths[0], widths[1]);
        assert_eq!(widths[1], widths[2]);
    }

    #[test]
    fn no_glyph_is_ever_missing() {
        for face in [Face::Regular, Face::Medium, Face::SemiBold, Face::Serif] {
            for text in
                ["Œuvre d’été 5 €", "Ελλάς", "東京 🙂", "\u{feff}a\tb", "Škoda − 1\u{202f}234"]
            {
                let run = shape(text, face);
                assert!(run.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0), "{text}");
            }
        }
        assert_eq!(shape("東🙂a\u{200b}", Face::Serif).text, "□□a");
    }
}
