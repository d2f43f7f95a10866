use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;

/// An archive as spreadsheets write it: some parts packed, some not.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (rank, (name, text)) in parts.iter().enumerate() {
        let packed = rank % 2 == 0;
        let body = if packed {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        } else {
            text.as_bytes().to_vec()
        };
        let at = u32::try_from(out.len()).unwrap();
        let size = u32::try_from(body.len()).unwrap();
        let method: u16 = if packed { 8 } else { 0 };
        let length = u16::try_from(name.len()).unwrap();
        out.extend_from_slice(b"PK\x03\x04\x14\0\0\0");
        out.extend_from_slice(&method.to_le_bytes());
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(&body);
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0");
        directory.extend_from_slice(&method.to_le_bytes());
        directory.extend_from_slice(&[0; 8]);
        directory.extend_from_slice(&size.to_le_bytes());
        directory.extend_from_slice(&[0; 4]);
        directory.extend_from_slice(&length.to_le_bytes());
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (at, size) = (out.len(), directory.len());
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    out.extend_from_slice(&u32::try_from(at).unwrap().to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="Clients" r:id="rId3"/>
    <sheet name="Autre" r:id="rId1"/></sheets></workbook>"#;
const LINKS: &str = r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>
    <Relationship Id="rId3" Target="worksheets/sheet2.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0&quot; jours&quot;"/>
    <numFmt numFmtId="165" formatCode="[$-40C]dd/mm/yyyy"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="165"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs>
    <cellStyles/></styleSheet>"#;
const SHARED: &str = r#"<sst><si><t>Nom</t></si><si><r><t>Caf&#233; </t></r><r><t>&amp; fils</t></r>
    <rPh><t>kafe</t></rPh></si><si/></sst>"#;
const CELLS: &str = r#"<worksheet><sheetData>
    <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>Depuis</t></is></c>
      <c r="C2" t="str"><v>Remise</v></c><c r="D2" t="str"><v>Prix</v></c><c r="E2"/></row>
    <row r="3"><c r="A3" t="s"><v>2</v></c></row>
    <row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4" s="1"><v>46350</v></c>
      <c r="C4" s="2"><v>0.055</v></c><c r="D4"><v>19.899999999999999</v></c></row>
    <row><c t="inlineStr"><is><t>Sans place</t></is></c><c/><c/><c><v>1.5</v></c></row>
    <row r="7"><c r="A7" t="b"><v>1</v></c><c r="B7" s="1"><v>46350.5</v></c>
      <c r="D7" s="3"><v>1E3</v></c><c r="F7" t="e"><v>#N/A</v></c></row>
    </sheetData></worksheet>"#;

fn book() -> Vec<u8> {
    archive(&[
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", LINKS),
        ("xl/styles.xml", STYLES),
        ("xl/sharedStrings.xml", SHARED),
        ("xl/worksheets/sheet2.xml", CELLS),
    ])
}

#[test]
fn the_first_sheet_is_read_as_a_file_of_text() {
    let bytes = book();
    assert!(is_workbook(&bytes));
    let sheet = read_workbook(&bytes).unwrap();
    assert_eq!(sheet.header, ["Nom", "Depuis", "Remise", "Prix"]);
    let rows: Vec<(i64, Vec<&str>)> = sheet
        .rows
        .iter()
        .map(|(rank, cells)| (*rank, cells.iter().map(String::as_str).collect()))
        .collect();
    // Numbered as the spreadsheet numbers them; the blank row is passed over.
    assert_eq!(
        rows,
        [
            (4, vec!["Café & fils", "2026-11-24", "5.5 %", "19.9"]),
            (5, vec!["Sans place", "", "", "1.5"]),
            (7, vec!["true", "2026-11-24 12:00", "", "1000"]),
        ]
    );
}

#[test]
fn what_is_no_workbook_is_refused_and_breaks_nothing() {
    let whole = book();
    for bytes in [&b"PK\x03\x04"[..], b"", &whole[..whole.len() / 2], &archive(&[("a", "b")])] {
        assert_eq!(read_workbook(bytes).unwrap_err().codes(), ["import.spreadsheet"]);
    }
    // Any byte may be wrong: it is read otherwise or refused, never worse.
    for at in 0..whole.len() {
        let mut bent = whole.clone();
        bent[at] ^= 0x55;
        if let Ok(sheet) = read_workbook(&bent) {
            assert!(sheet.rows.len() < 10);
        }
    }
}

#[test]
fn a_format_tells_days_from_figures() {
    for (code, format) in [
        ("dd/mm/yyyy", Format::Day),
        ("0.00%", Format::Percent),
        ("# ##0,00 \"de mois\"", Format::Plain),
        ("[Red]0", Format::Plain),
        ("mmm-yy", Format::Day),
    ] {
        assert_eq!(of_code(code), format, "{code}");
    }
}

/// ASVS 5.2.3, 1.5.1: a small file that would fill the memory is refused while it is read.
#[test]
fn asvs_5_2_3_a_small_file_does_not_become_a_large_one() {
    let sheet = |shared: &str, rows: &str| {
        let text = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        read_workbook(&archive(&[
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", LINKS),
            ("xl/worksheets/sheet2.xml", &text),
            ("xl/sharedStrings.xml", shared),
        ]))
    };
    let head = "<row><c t=\"str\"><v>Nom</v></c></row>";
    // A far column, many times.
    let far = format!("{head}{}", "<row><c r=\"XFD2\"><v>1</v></c></row>".repeat(2_000));
    // A long text, many times.
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1 << 20));
    let again = format!("{head}{}", "<row><c t=\"s\"><v>0</v></c></row>".repeat(2_000));
    // A wide head above many rows.
    let wide = format!(
        "<row><c r=\"XFD1\" t=\"str\"><v>Nom</v></c></row>{}",
        "<row><c><v>1</v></c></row>".repeat(20_000)
    );
    // What inflates to a thousand times its size.
    let blank = format!("{head}{}", " ".repeat(64 << 20));
    for (shared, rows) in [("", &far), (&*long, &again), ("", &wide), ("", &blank)] {
        let refused = sheet(shared, rows).map(|sheet| sheet.rows.len());
        assert_eq!(refused.unwrap_err().codes(), ["import.spreadsheet"], "{}", rows.len());
    }
    // The last number a row may have is no place to count on from.
    let last = format!("<row r=\"{}\"><c><v>1</v></c></row><row><c><v>2</v></c></row>", i64::MAX);
    assert_eq!(sheet("", &last).unwrap().rows.len(), 1);
    // Names twice, and attributes without end, take no time.
    let many: String = (0..80_000).map(|rank| format!(" a{rank}=\"\"")).collect();
    let begun = std::time::Instant::now();
    let heavy = format!("{head}<row{many}><c{many}><v>1</v></c></row>");
    assert!(sheet("", &heavy).is_ok());
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
