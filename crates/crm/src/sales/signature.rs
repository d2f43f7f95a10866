//! A signature drawn by hand: strokes on a small sheet. It is read from what a browser sends and
//! written again from what was read: no markup of anyone's is kept or shown.

use kernel::Fault;

/// The width of the sheet that is signed, in its own units.
pub const WIDTH: u16 = 600;
/// The height of the sheet.
pub const HEIGHT: u16 = 200;
/// The most points of a drawing: a long signature has some hundreds.
const MOST: usize = 4_000;

/// The strokes of a signature, each a line of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    pub strokes: Vec<Vec<(u16, u16)>>,
}

impl Drawing {
    /// Reads path data of moves and lines alone, in absolute whole numbers: `M 10 20 L 12 24`.
    /// Nothing when nothing was drawn.
    ///
    /// # Errors
    /// `signature.drawing` for anything else.
    pub fn parse(text: &str) -> Result<Option<Self>, Fault> {
        let wrong = || Fault::new("signature.drawing").on("drawing");
        let (mut strokes, mut points) = (Vec::<Vec<(u16, u16)>>::new(), 0);
        let mut words = text.split_ascii_whitespace();
        while let Some(word) = words.next() {
            let mut within = |most: u16| {
                let number = words.next().and_then(|word| word.parse::<u16>().ok());
                number.filter(|number| *number <= most).ok_or_else(wrong)
            };
            let point = (within(WIDTH)?, within(HEIGHT)?);
            points += 1;
            if points > MOST {
                return Err(wrong());
            }
            match (word, strokes.last_mut()) {
                ("M", _) => strokes.push(vec![point]),
                ("L", Some(stroke)) => stroke.push(point),
                _ => return Err(wrong()),
            }
        }
        // A touch without a move is no signature.
        strokes.retain(|stroke| stroke.len() > 1);
        Ok((!strokes.is_empty()).then_some(Self { strokes }))
    }
    /// The same as path data.
    #[must_use]
    pub fn path(&self) -> String {
        let mut words = Vec::new();
        for stroke in &self.strokes {
            for (at, (x, y)) in stroke.iter().enumerate() {
                words.push(format!("{} {x} {y}", if at == 0 { "M" } else { "L" }));
            }
        }
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_read_and_written_again() {
        let drawing = Drawing::parse(" M 10 20 L 12 24 L 600 200  M 1 2 L 3 4 ").unwrap().unwrap();
        assert_eq!(drawing.strokes.len(), 2);
        assert_eq!(drawing.path(), "M 10 20 L 12 24 L 600 200 M 1 2 L 3 4");
        assert_eq!(Drawing::parse(&drawing.path()).unwrap().unwrap(), drawing);
    }

    #[test]
    fn nothing_drawn_is_no_signature() {
        for nothing in ["", "   ", "M 10 20", "M 1 1 M 2 2"] {
            assert_eq!(Drawing::parse(nothing), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn anything_but_strokes_on_the_sheet_is_refused() {
        for wrong in [
            "L 1 2",
            "M 1",
            "M 1 201 L 2 2",
            "M 601 1 L 2 2",
            "M -1 1 L 2 2",
            "M 1.5 1 L 2 2",
            "M 1 1 C 2 2",
            "M 1 1 L 2 2 Z",
            "M 1 1 L 2 2\"/><script>",
        ] {
            assert_eq!(Drawing::parse(wrong).unwrap_err().code, "signature.drawing", "{wrong}");
        }
        let endless = format!("M 1 1{}", " L 2 2".repeat(MOST));
        assert!(Drawing::parse(&endless).is_err());
    }
}
