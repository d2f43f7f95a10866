//! Sheets of A4 filled from top to bottom: running head, foot, page numbers, tables over pages.

use kernel::{Language, Text};

use super::block::{Align, Block, Ink, MM, Mark, Style, width_of};
use super::fonts::Face;

/// An A4 page, in points.
pub const PAGE: (f32, f32) = (210.0 * MM, 297.0 * MM);
/// The left edge of the text, right of the green line.
pub const LEFT: f32 = 22.0 * MM;
/// The width of the text.
pub const WIDTH: f32 = 170.0 * MM;
const TOP: f32 = 16.0 * MM;
const BOTTOM: f32 = 285.0 * MM;
const MARGIN_LINE: f32 = 15.0 * MM;
const ABOVE_FOOT: f32 = 3.0 * MM;

const FOOT_STYLE: Style = Style::new(Face::Regular, 6.9, 10.2, Ink::Dark);

/// Pages being filled. Positions are from the top left corner of the page.
pub struct Sheet {
    pages: Vec<Vec<Mark>>,
    down: f32,
    running_head: Block,
    foot: Block,
}

impl Sheet {
    /// `running_head` opens every page but the first; `foot` closes every page.
    pub fn new(running_head: Block, foot: &str) -> Self {
        let room = WIDTH - 30.0 * MM;
        let foot = Block::rule(WIDTH, 0.2 * MM, Ink::Hairline)
            .under(2.0 * MM, Block::text(foot, FOOT_STYLE, room, Align::Left));
        Self { pages: vec![Vec::new()], down: TOP, running_head, foot }
    }

    fn limit(&self) -> f32 {
        BOTTOM - self.foot.height - ABOVE_FOOT
    }

    /// What is left on this page, in points.
    pub fn room(&self) -> f32 {
        self.limit() - self.down
    }

    fn is_fresh(&self) -> bool {
        let head = if self.pages.len() > 1 { self.running_head.height + 6.0 * MM } else { 0.0 };
        self.down <= TOP + head + 0.01
    }

    /// Goes on to the next page.
    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.down = TOP;
        let head = self.running_head.clone();
        let height = head.height;
        self.put(head, TOP);
        self.down = TOP + height + 6.0 * MM;
    }

    fn put(&mut self, block: Block, top: f32) {
        if let Some(page) = self.pages.last_mut() {
            page.extend(block.marks.into_iter().map(|mark| mark.moved(LEFT, top)));
        }
    }

    /// Places a block under what is there, on the next page when it does not fit.
    pub fn place(&mut self, gap: f32, block: Block) {
        let gap = if self.is_fresh() { 0.0 } else { gap };
        if gap + block.height <= self.room() {
            let top = self.down + gap;
            self.down = top + block.height;
            self.put(block, top);
        } else if !self.is_fresh() {
            self.turn();
            self.place(0.0, block);
        } else {
            // Taller than a page: cut it, and never twice at the same place.
            let (above, below) = block.split(self.room());
            if above.height <= 0.0 {
                self.put(below, self.down);
                self.turn();
                return;
            }
            self.put(above, self.down);
            self.turn();
            self.place(0.0, below);
        }
    }

    /// Places a block at the foot of this page, or of the next when it does not fit.
    pub fn place_at_foot(&mut self, gap: f32, block: Block) {
        if gap + block.height > self.room() && !self.is_fresh() {
            self.turn();
        }
        if block.height > self.room() {
            self.place(0.0, block);
            return;
        }
        let top = self.limit() - block.height;
        self.down = self.limit();
        self.put(block, top);
    }

    /// Places a table: the head comes back on each page, and `tail` (the totals) never stands on a
    /// page without a row above it.
    pub fn table(&mut self, gap: f32, head: &Block, rows: Vec<Block>, tail: Block, tail_gap: f32) {
        let last = rows.len().saturating_sub(1);
        let mut open = false;
        for (rank, row) in rows.into_iter().enumerate() {
            let after = if rank == last { tail_gap + tail.height } else { 0.0 };
            let above = if open { 0.0 } else { gap + head.height };
            let needed = above + row.height + after;
            if needed > self.room() && !self.is_fresh() {
                self.turn();
                open = false;
            }
            if !open {
                self.place(gap, head.clone());
            }
            let pages = self.pages.len();
            self.place(0.0, row);
            open = self.pages.len() == pages;
        }
        self.place(tail_gap, tail);
    }

    /// Draws the margin line, the foot and `Page 1 sur 2` on each page, and gives the pages.
    pub fn finish(mut self, language: Language) -> Vec<Vec<Mark>> {
        let count = self.pages.len();
        let of = Text::new("sur", "of").say(language);
        let foot_top = BOTTOM - self.foot.height;
        for (rank, page) in self.pages.iter_mut().enumerate() {
            let line = Block::rule(0.2 * MM, BOTTOM - TOP, Ink::Margin);
            page.extend(line.marks.into_iter().map(|mark| mark.moved(MARGIN_LINE, TOP)));
            let number = format!("Page {} {of} {count}", rank + 1);
            let width = width_of(&number, FOOT_STYLE) + 1.0;
            let number = Block::text(&number, FOOT_STYLE, width, Align::Right);
            let foot = self.foot.clone().beside(WIDTH - width, 2.2 * MM, number);
            page.extend(foot.marks.into_iter().map(|mark| mark.moved(LEFT, foot_top)));
        }
        self.pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(rows: usize, height: f32) -> Vec<Vec<Mark>> {
        let style = Style::new(Face::Regular, 8.0, 12.0, Ink::Black);
        let head = Block::text("head", style, 100.0, Align::Left);
        let mut sheet = Sheet::new(Block::text("again", style, 100.0, Align::Left), "foot");
        let rows = (0..rows).map(|rank| {
            let mut row = Block::text(&format!("row {rank}"), style, 100.0, Align::Left);
            row.height = height;
            row
        });
        sheet.table(
            10.0,
            &head,
            rows.collect(),
            Block::text("tail", style, 99.0, Align::Left),
            20.0,
        );
        sheet.finish(Language::French)
    }

    fn texts(page: &[Mark]) -> Vec<&str> {
        let text = |mark: &'_ Mark| matches!(mark, Mark::Text { .. });
        let texts = page.iter().filter(|mark| text(mark));
        texts.map(|mark| if let Mark::Text { run, .. } = mark { &run.text } else { "" }).collect()
    }

    #[test]
    fn a_long_table_repeats_its_head_and_numbers_its_pages() {
        let pages = filled(90, 20.0);
        assert_eq!(pages.len(), 3);
        for (rank, page) in pages.iter().enumerate() {
            let found = texts(page);
            assert!(found.contains(&"head"));
            assert_eq!(found.contains(&"again"), rank > 0);
            assert!(found.contains(&format!("Page {} sur 3", rank + 1).as_str()));
        }
        let rows: usize = pages
            .iter()
            .map(|page| texts(page).iter().filter(|t| t.starts_with("row")).count())
            .sum();
        assert_eq!(rows, 90);
    }

    #[test]
    fn the_totals_never_stand_alone() {
        for rows in 30..45 {
            let pages = filled(rows, 20.0);
            let last = texts(pages.last().expect("a page"));
            assert!(last.contains(&"tail"));
            assert!(last.iter().any(|text| text.starts_with("row")), "{rows} rows");
        }
    }

    #[test]
    fn nothing_is_drawn_below_the_foot() {
        let style = Style::new(Face::Regular, 8.0, 12.0, Ink::Black);
        let mut sheet = Sheet::new(Block::default(), "foot");
        sheet.place(0.0, Block::text(&"endless words ".repeat(4000), style, 300.0, Align::Left));
        let pages = sheet.finish(Language::English);
        assert!(pages.len() > 2);
        assert!(pages.iter().flatten().all(|mark| mark.bottom() <= BOTTOM + 0.5));
    }
}
