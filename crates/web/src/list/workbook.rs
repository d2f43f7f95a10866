//! A table as a file: text with separators, or a workbook that spreadsheets open (Office Open XML,
//! ECMA-376 part 1, as few parts as it takes, in an archive that is not compressed).

use exchange::{guarded, write_line};
use kernel::{Day, Fault, Language};

use crate::zip::Archive;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Nothing,
    Text(String),
    /// A plain decimal: `-1234.50`.
    Number(String),
    Day(Day),
}

/// Columns with a name, and their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub heads: Vec<String>,
    pub lines: Vec<Vec<Cell>>,
}

impl Table {
    /// The table as text, in the language's way: semicolons and decimal commas in French.
    ///
    /// # Errors
    /// `internal`.
    pub fn csv(&self, language: Language) -> Result<Vec<u8>, Fault> {
        let french = language == Language::French;
        let separator = if french { b';' } else { b',' };
        // The mark by which spreadsheets know UTF-8.
        let mut out = "\u{feff}".as_bytes().to_vec();
        write_line(&mut out, separator, &self.heads)?;
        for line in &self.lines {
            let cells: Vec<String> = line
                .iter()
                .map(|cell| match cell {
                    Cell::Nothing => String::new(),
                    Cell::Text(text) => guarded(text),
                    Cell::Number(number) if french => number.replace('.', ","),
                    Cell::Number(number) => number.clone(),
                    Cell::Day(day) if french => {
                        format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
                    }
                    Cell::Day(day) => day.to_string(),
                })
                .collect();
            write_line(&mut out, separator, &cells)?;
        }
        Ok(out)
    }

    /// The table as a workbook of one sheet.
    #[must_use]
    pub fn xlsx(&self) -> Vec<u8> {
        let mut archive = Archive::default();
        archive.add("[Content_Types].xml", TYPES.as_bytes());
        archive.add("_rels/.rels", RELATIONS.as_bytes());
        let allowed = self.name.chars().filter(|letter| !"[]:*?/\\'".contains(*letter));
        let sheet: String = allowed.take(31).collect();
        archive.add("xl/workbook.xml", WORKBOOK.replace("{name}", &clean(&sheet)).as_bytes());
        archive.add("xl/_rels/workbook.xml.rels", SHEETS.as_bytes());
        archive.add("xl/styles.xml", STYLES.as_bytes());
        archive.add("xl/worksheets/sheet1.xml", self.sheet().as_bytes());
        archive.close()
    }

    fn sheet(&self) -> String {
        let mut out = String::from(SHEET);
        out.push_str("<cols>");
        for (rank, head) in self.heads.iter().enumerate() {
            let cells = self.lines.iter().take(200).filter_map(|line| line.get(rank));
            let widest = cells.map(width).max().unwrap_or(0).max(head.chars().count());
            let at = rank + 1;
            out.push_str(&format!(
                "<col min=\"{at}\" max=\"{at}\" width=\"{}\" customWidth=\"1\"/>",
                widest.clamp(8, 60) + 2
            ));
        }
        out.push_str("</cols><sheetData><row r=\"1\">");
        for head in &self.heads {
            out.push_str(&inline(head, " s=\"1\""));
        }
        out.push_str("</row>");
        for (rank, line) in self.lines.iter().enumerate() {
            out.push_str(&format!("<row r=\"{}\">", rank + 2));
            for cell in line {
                out.push_str(&match cell {
                    Cell::Nothing => "<c/>".to_owned(),
                    Cell::Text(text) => inline(text, ""),
                    Cell::Number(number) if number.contains('.') => {
                        format!("<c s=\"3\"><v>{number}</v></c>")
                    }
                    Cell::Number(number) => format!("<c><v>{number}</v></c>"),
                    // Day 0 of a workbook is 30 December 1899 (ECMA-376, 18.17.4.1).
                    Cell::Day(day) => format!("<c s=\"2\"><v>{}</v></c>", day.0 + 25_569),
                });
            }
            out.push_str("</row>");
        }
        out.push_str("</sheetData></worksheet>");
        out
    }
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Nothing => 0,
        Cell::Text(text) | Cell::Number(text) => text.chars().count(),
        Cell::Day(_) => 10,
    }
}

fn inline(text: &str, style: &str) -> String {
    format!("<c t=\"inlineStr\"{style}><is><t xml:space=\"preserve\">{}</t></is></c>", clean(text))
}

/// Text as XML holds it; letters that XML cannot hold are left out.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().take(32_767) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            control if control.is_control() => {}
            '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" \
ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/xl/workbook.xml\" ContentType=\
\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\
\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
<Override PartName=\"/xl/styles.xml\" ContentType=\
\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Target=\"xl/workbook.xml\" Type=\
\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/>\
</Relationships>";

const WORKBOOK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
<sheets><sheet name=\"{name}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";

const SHEETS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\" Type=\
\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\"/>\
<Relationship Id=\"rId2\" Target=\"styles.xml\" Type=\
\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\"/>\
</Relationships>";

/// Plain, bold for heads, a day, a figure with two decimals.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
<fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border/></borders>\
<cellStyleXfs count=\"1\"><xf/></cellStyleXfs>\
<cellXfs count=\"4\"><xf/><xf fontId=\"1\" applyFont=\"1\"/>\
<xf numFmtId=\"14\" applyNumberFormat=\"1\"/><xf numFmtId=\"4\" applyNumberFormat=\"1\"/></cellXfs>\
</styleSheet>";

/// The head of the sheet: its first line stays in sight.
const SHEET: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<sheetViews><sheetView workbookViewId=\"0\">\
<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
</sheetView></sheetViews>";

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            name: "Tiers [1]".into(),
            heads: vec!["Nom".into(), "Total".into(), "Le".into()],
            lines: vec![
                vec![
                    Cell::Text("=A1 & <b>".into()),
                    Cell::Number("-12.50".into()),
                    Cell::Day(Day::of(2026, 11, 24).unwrap()),
                ],
                vec![Cell::Nothing, Cell::Number("3".into()), Cell::Nothing],
            ],
        }
    }

    #[test]
    fn a_text_file_is_written_the_way_of_the_language() {
        let text = |language| String::from_utf8(table().csv(language).unwrap()).unwrap();
        let french = text(Language::French);
        assert!(french.starts_with("\u{feff}Nom;Total;Le\n"), "{french}");
        assert!(french.contains("'=A1 & <b>;-12,50;24/11/2026"), "{french}");
        assert!(text(Language::English).contains("'=A1 & <b>,-12.50,2026-11-24"));
    }

    #[test]
    fn a_workbook_is_an_archive_whose_parts_are_where_its_directory_says() {
        let bytes = table().xlsx();
        let end = bytes.len() - 22;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        let four = |at: usize| {
            usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap()
        };
        let mut at = four(end + 16);
        let mut names = Vec::new();
        for _ in 0..6 {
            assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
            let length = usize::from(bytes[at + 28]);
            let place = four(at + 42);
            assert_eq!(&bytes[place..place + 4], b"PK\x03\x04");
            names.push(String::from_utf8(bytes[at + 46..at + 46 + length].to_vec()).unwrap());
            at += 46 + length;
        }
        assert_eq!(at, end);
        assert_eq!(names[5], "xl/worksheets/sheet1.xml");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("=A1 &amp; &lt;b&gt;") && text.contains("<v>46350</v>"));
        assert!(text.contains("sheet name=\"Tiers 1\""));
    }
}
