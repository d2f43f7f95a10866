//! Blocks: pieces of a page that know their size before they are placed.
//!
//! Lengths are in points from the top left corner; a block is built at the origin, then moved.

use krilla::color::rgb::Color;

use super::fonts::{Face, Run, shape};

/// Points in a millimetre.
pub const MM: f32 = 72.0 / 25.4;

/// An ink of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Text.
    Black,
    /// Second rank: article numbers, legal lines.
    Dark,
    /// Labels and column heads.
    Soft,
    /// Hairlines between rows.
    Hairline,
    /// The green line of the margin, which signs the house.
    Margin,
}

impl Ink {
    pub fn color(self) -> Color {
        match self {
            Ink::Black => Color::new(0x1a, 0x1c, 0x1a),
            Ink::Dark => Color::new(0x47, 0x49, 0x44),
            Ink::Soft => Color::new(0x64, 0x64, 0x5c),
            Ink::Hairline => Color::new(0xd8, 0xd3, 0xc5),
            Ink::Margin => Color::new(0x7f, 0xae, 0x9f),
        }
    }
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub face: Face,
    /// Points.
    pub size: f32,
    /// From one line to the next, in points.
    pub leading: f32,
    pub ink: Ink,
}

impl Style {
    pub const fn new(face: Face, size: f32, leading: f32, ink: Ink) -> Self {
        Self { face, size, leading, ink }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// One mark of ink.
#[derive(Debug, Clone)]
pub enum Mark {
    /// A line of text whose box starts at `top`.
    Text { x: f32, top: f32, run: Run, style: Style },
    /// A filled rectangle.
    Rule { x: f32, top: f32, width: f32, height: f32, ink: Ink },
    /// A line drawn by hand, through these points.
    Stroke { points: Vec<(f32, f32)>, width: f32, ink: Ink },
}

impl Mark {
    pub fn top(&self) -> f32 {
        match self {
            Mark::Text { top, .. } | Mark::Rule { top, .. } => *top,
            Mark::Stroke { points, .. } => {
                points.iter().map(|(_, down)| *down).fold(f32::MAX, f32::min)
            }
        }
    }
    pub fn bottom(&self) -> f32 {
        match self {
            Mark::Text { top, style, .. } => top + style.leading,
            Mark::Rule { top, height, .. } => top + height,
            Mark::Stroke { points, .. } => points.iter().map(|(_, down)| *down).fold(0.0, f32::max),
        }
    }
    pub fn moved(mut self, right: f32, down: f32) -> Self {
        match &mut self {
            Mark::Text { x, top, .. } | Mark::Rule { x, top, .. } => {
                *x += right;
                *top += down;
            }
            Mark::Stroke { points, .. } => {
                for (x, top) in points {
                    *x += right;
                    *top += down;
                }
            }
        }
        self
    }
}

/// Marks and the room they take.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub marks: Vec<Mark>,
    pub height: f32,
}

impl Block {
    pub fn space(height: f32) -> Self {
        Self { marks: Vec::new(), height }
    }

    /// A paragraph broken at spaces to `width`, and inside words that are wider than it.
    pub fn text(text: &str, style: Style, width: f32, align: Align) -> Self {
        let mut block = Self::default();
        for line in lines(text, style, width) {
            let run = shape(&line, style.face);
            let x = match align {
                Align::Left => 0.0,
                Align::Right => width - run.ems * style.size,
            };
            block.marks.push(Mark::Text { x, top: block.height, run, style });
            block.height += style.leading;
        }
        block
    }

    /// Strokes of a sheet of `from` units, drawn `width` wide in its proportions.
    pub fn strokes(strokes: &[Vec<(u16, u16)>], from: (u16, u16), width: f32) -> Self {
        let scale = width / f32::from(from.0.max(1));
        let at = |(x, down): &(u16, u16)| (f32::from(*x) * scale, f32::from(*down) * scale);
        let marks = strokes.iter().map(|stroke| Mark::Stroke {
            points: stroke.iter().map(at).collect(),
            width: 1.1,
            ink: Ink::Black,
        });
        Self { marks: marks.collect(), height: f32::from(from.1) * scale }
    }
    pub fn rule(width: f32, height: f32, ink: Ink) -> Self {
        Self { marks: vec![Mark::Rule { x: 0.0, top: 0.0, width, height, ink }], height }
    }

    /// Puts `other` under this block.
    #[must_use]
    pub fn under(mut self, gap: f32, other: Block) -> Self {
        let down = self.height + gap;
        self.height = down + other.height;
        self.marks.extend(other.marks.into_iter().map(|mark| mark.moved(0.0, down)));
        self
    }

    /// Puts `other` over the same band, `right` points from the left edge and `down` from the top.
    #[must_use]
    pub fn beside(mut self, right: f32, down: f32, other: Block) -> Self {
        self.height = self.height.max(down + other.height);
        self.marks.extend(other.marks.into_iter().map(|mark| mark.moved(right, down)));
        self
    }

    /// Cuts the block where no mark is cut, at `room` at most; the second part starts at the top.
    pub fn split(self, room: f32) -> (Block, Block) {
        let cut = self.cut(room);
        let (above, below): (Vec<_>, Vec<_>) =
            self.marks.into_iter().partition(|mark| mark.bottom() <= cut);
        let below = below.into_iter().map(|mark| mark.moved(0.0, -cut)).collect();
        (
            Block { marks: above, height: cut },
            Block { marks: below, height: (self.height - cut).max(0.0) },
        )
    }

    fn cut(&self, room: f32) -> f32 {
        let mut cut = room;
        loop {
            let crossed = self.marks.iter().find(|mark| mark.top() < cut && mark.bottom() > cut);
            match crossed {
                Some(mark) => cut = mark.top(),
                None => return cut,
            }
        }
    }
}

/// The width of a text on one line, in points.
pub fn width_of(text: &str, style: Style) -> f32 {
    shape(text, style.face).ems * style.size
}

/// Breaks a text into lines. A no-break space never ends a line; a line feed always does.
fn lines(text: &str, style: Style, width: f32) -> Vec<String> {
    glued(text).split('\n').flat_map(|paragraph| wrap(paragraph, style, width)).collect()
}

/// Ties what French setting keeps together: a sign to its word, thousands to hundreds, an amount to
/// its unit. Documents in English hold none of these spaces.
fn glued(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |rank: usize| characters.get(rank).copied().unwrap_or(' ');
    let digit = |rank: usize| at(rank).is_ascii_digit();
    let ties = |rank: usize| {
        let thousands = rank > 0
            && digit(rank - 1)
            && (1..=3).all(|step| digit(rank + step))
            && !digit(rank + 4);
        let opens = rank > 0 && at(rank - 1) == '«';
        thousands || opens || ";:!?»€%".contains(at(rank + 1))
    };
    let tie = |(rank, &c): (usize, &char)| if c == ' ' && ties(rank) { '\u{a0}' } else { c };
    characters.iter().enumerate().map(tie).collect()
}

fn wrap(paragraph: &str, style: Style, width: f32) -> Vec<String> {
    if width_of(paragraph, style) <= width {
        return vec![paragraph.trim_end().to_owned()];
    }
    let space = width_of(" ", style);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        for (rank, piece) in pieces(word, style, width).into_iter().enumerate() {
            let size = width_of(&piece, style);
            if line.is_empty() {
                used = size;
            } else if rank == 0 && used + space + size <= width {
                line.push(' ');
                used += space + size;
            } else {
                lines.push(std::mem::take(&mut line));
                used = size;
            }
            line.push_str(&piece);
        }
    }
    lines.push(line);
    lines
}

/// A word in pieces that fit: one piece, unless the word is wider than a whole line.
fn pieces(word: &str, style: Style, width: f32) -> Vec<String> {
    if width_of(word, style) <= width {
        return vec![word.to_owned()];
    }
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0.0);
    for character in word.chars() {
        let size = width_of(character.encode_utf8(&mut [0; 4]), style);
        if !piece.is_empty() && used + size > width {
            // After a hyphen or a slash when there is one, else anywhere.
            let cut = piece.rfind(['-', '/']).map_or(piece.len(), |at| at + 1);
            let rest = piece.split_off(cut);
            pieces.push(std::mem::replace(&mut piece, rest));
            used = width_of(&piece, style);
        }
        piece.push(character);
        used += size;
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::new(Face::Regular, 10.0, 14.0, Ink::Black);

    #[test]
    fn lines_fit_and_lose_no_word() {
        let text = "Nappage banquet coton, 240 × 400, blanc, ourlet de quatre centimètres";
        let found = lines(text, STYLE, 120.0);
        assert!(found.len() > 2);
        assert!(found.iter().all(|line| width_of(line, STYLE) <= 120.0));
        assert_eq!(found.join(" "), text);
        assert_eq!(
            glued("« à 5 000 € » : 12 rue 3"),
            "«\u{a0}à 5\u{a0}000\u{a0}€\u{a0}»\u{a0}: 12 rue 3"
        );
    }

    #[test]
    fn a_word_without_end_is_cut() {
        let found = lines(&"W".repeat(200), STYLE, 100.0);
        assert!(found.len() > 10);
        assert_eq!(found.concat(), "W".repeat(200));
    }

    #[test]
    fn an_amount_stays_whole() {
        let found = lines("pour un total de 1\u{202f}234,00\u{a0}€", STYLE, 80.0);
        assert!(found.iter().any(|line| line.contains("1\u{202f}234,00\u{a0}€")), "{found:?}");
    }

    #[test]
    fn a_block_is_cut_between_lines() {
        let block = Block::text("a\nb\nc\nd", STYLE, 50.0, Align::Left);
        let (above, below) = block.split(30.0);
        assert_eq!((above.marks.len(), below.marks.len()), (2, 2));
        assert_eq!((above.height, below.height), (28.0, 28.0));
        assert_eq!(below.marks[0].top(), 0.0);
    }
}
