//! From marks to the bytes of a PDF/A-3b (ISO 19005-3), and the Factur-X packet of its metadata.

use kernel::{Fault, Instant, Language};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use lopdf::Object;

use super::block::{Ink, Mark};
use super::fonts::Face;
use super::sheet::PAGE;

/// What the file says of itself.
pub struct Colophon<'a> {
    pub title: String,
    pub author: &'a str,
    pub language: Language,
    /// When the document was made; the only date of the file, so that the same facts give the
    /// same bytes.
    pub created: Instant,
    /// The invoice as machines read it, attached as `factur-x.xml`.
    pub invoice: Option<&'a [u8]>,
}

/// The name that the Factur-X standard gives to the attached invoice.
pub const ATTACHMENT: &str = "factur-x.xml";

/// Writes the pages as PDF/A-3b; with an attached invoice, as Factur-X.
///
/// # Errors
/// `paper.archive` when the file would not conform, with the reason: a mistake of ours.
pub fn write(pages: Vec<Vec<Mark>>, colophon: &Colophon) -> Result<Vec<u8>, Fault> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .map_err(|_| refused("configuration"))?;
    let settings = SerializeSettings { configuration, ..Default::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(colophon));
    if let Some(invoice) = colophon.invoice {
        let file = attachment(invoice, colophon.created).ok_or_else(|| refused("attachment"))?;
        document.embed_file(file).ok_or_else(|| refused("attachment"))?;
    }
    for marks in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| refused("page"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark);
        }
        surface.finish();
        page.finish();
    }
    let bytes = document.finish().map_err(|error| refused(&error.to_string()))?;
    if colophon.invoice.is_some() { with_packet(&bytes) } else { Ok(bytes) }
}

fn refused(reason: &str) -> Fault {
    Fault::new("paper.archive").with("reason", reason)
}

fn metadata(colophon: &Colophon) -> Metadata {
    Metadata::new()
        .title(colophon.title.clone())
        .authors(vec![colophon.author.to_owned()])
        .creator("Comptoir".to_owned())
        .producer("Comptoir".to_owned())
        .language(colophon.language.tag().to_owned())
        .creation_date(moment(colophon.created))
}

/// The instant in UTC, read back from its own writing: `2026-11-24T08:30:00Z`.
fn moment(at: Instant) -> DateTime {
    let text = at.to_string();
    let part = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse().ok());
    let small = |from, to| part(from, to).and_then(|n: u16| u8::try_from(n).ok()).unwrap_or(0);
    DateTime::new(part(0, 4).unwrap_or(1970))
        .month(small(5, 7))
        .day(small(8, 10))
        .hour(small(11, 13))
        .minute(small(14, 16))
        .second(small(17, 19))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn attachment(invoice: &[u8], created: Instant) -> Option<EmbeddedFile> {
    Some(EmbeddedFile {
        path: ATTACHMENT.to_owned(),
        mime_type: Some(MimeType::new("text/xml")?),
        description: Some("Factur-X".to_owned()),
        association_kind: AssociationKind::Alternative,
        data: invoice.to_vec().into(),
        modification_date: Some(moment(created)),
        compress: Some(true),
        location: None,
    })
}

fn draw(surface: &mut Surface, mark: Mark) {
    match mark {
        Mark::Text { x, top, run, style } => {
            surface.set_fill(Some(fill(style.ink)));
            let baseline = top
                + (style.leading - style.size * line_height(run.face)) / 2.0
                + style.size * ascent(run.face);
            let font = run.font();
            let start = Point::from_xy(x, baseline);
            surface.draw_glyphs(start, &run.glyphs, font, &run.text, style.size, false);
        }
        Mark::Stroke { points, width, ink } => line(surface, &points, width, ink),
        Mark::Rule { x, top, width, height, ink } => {
            surface.set_fill(Some(fill(ink)));
            let mut path = PathBuilder::new();
            if let Some(rectangle) = Rect::from_xywh(x, top, width, height) {
                path.push_rect(rectangle);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn line(surface: &mut Surface, points: &[(f32, f32)], width: f32, ink: Ink) {
    let mut path = PathBuilder::new();
    for (rank, (x, down)) in points.iter().enumerate() {
        if rank == 0 { path.move_to(*x, *down) } else { path.line_to(*x, *down) }
    }
    if let Some(path) = path.finish() {
        let paint = ink.color().into();
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { paint, width, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: ink.color().into(), ..Fill::default() }
}

/// Ascent and line height in ems, from the fonts' own metrics.
fn ascent(face: Face) -> f32 {
    if face == Face::Serif { 0.72 } else { 0.969 }
}
fn line_height(face: Face) -> f32 {
    if face == Face::Serif { 1.0 } else { 1.21 }
}

/// The properties of the Factur-X packet, and the description of their schema, which PDF/A asks for
/// because no standard of its own knows them.
const PACKET: &str = concat!(
    r#"<rdf:Description rdf:about="" "#,
    r#"xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">"#,
    "<fx:DocumentType>INVOICE</fx:DocumentType>",
    "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
    "<fx:Version>1.0</fx:Version>",
    "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"
);
const SCHEMA: &str = concat!(
    r#"<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema"#,
    r#"</pdfaSchema:schema><pdfaSchema:namespaceURI>"#,
    r#"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>"#,
    r#"<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"#,
    "PROPERTIES</rdf:Seq></pdfaSchema:property></rdf:li>"
);
const PROPERTIES: [(&str, &str); 4] = [
    ("DocumentFileName", "The name of the embedded XML document"),
    ("DocumentType", "The type of the hybrid document in capital letters"),
    ("Version", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "The conformance level of the embedded XML document"),
];

fn schema() -> String {
    let properties: String = PROPERTIES
        .iter()
        .map(|(name, description)| {
            format!(
                "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
                 <pdfaProperty:valueType>Text</pdfaProperty:valueType>\
                 <pdfaProperty:category>external</pdfaProperty:category>\
                 <pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
            )
        })
        .collect();
    SCHEMA.replace("PROPERTIES", &properties)
}

/// Adds the Factur-X packet to the metadata that krilla wrote.
fn with_packet(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let broken = |_| refused("metadata");
    let mut document = lopdf::Document::load_mem(bytes).map_err(broken)?;
    let metadata =
        document.catalog().and_then(|catalog| catalog.get(b"Metadata")).map_err(broken)?;
    let id = metadata.as_reference().map_err(broken)?;
    let stream = document.get_object_mut(id).and_then(Object::as_stream_mut).map_err(broken)?;
    let packet = stream.get_plain_content().map_err(broken)?;
    let packet = String::from_utf8(packet).map_err(|_| refused("metadata"))?;
    stream.set_plain_content(patched(&packet).ok_or_else(|| refused("metadata"))?.into_bytes());
    let mut out = Vec::with_capacity(bytes.len() + 4096);
    document.save_to(&mut out).map_err(|_| refused("metadata"))?;
    Ok(out)
}

fn patched(packet: &str) -> Option<String> {
    let schemas = packet.find("<pdfaExtension:schemas>")?;
    let bag = schemas + packet.get(schemas..)?.find("<rdf:Bag>")? + "<rdf:Bag>".len();
    let end = packet.rfind("</rdf:RDF>")?;
    let (head, middle, tail) = (packet.get(..bag)?, packet.get(bag..end)?, packet.get(end..)?);
    Some(format!("{head}{}{middle}{PACKET}{tail}", schema()))
}
