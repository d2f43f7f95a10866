//! A small writer of XML trees in memory.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// XML being written. Names are given with their prefix; empty leaves are left out, because
/// EN 16931 forbids empty elements.
pub struct Tree {
    writer: Writer<Vec<u8>>,
}

impl Tree {
    pub fn new() -> Self {
        let mut tree = Self { writer: Writer::new(Vec::with_capacity(8 * 1024)) };
        tree.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        tree
    }

    fn event(&mut self, event: Event) {
        self.writer.write_event(event).expect("memory takes every write");
    }

    /// An element with attributes and what `inside` writes in it.
    pub fn node_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    pub fn node(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.node_with(name, &[], inside);
    }

    /// An element that holds only text, unless the text is blank.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    pub fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let text = clean(text);
        if !text.is_empty() {
            self.node_with(name, attributes, |tree| {
                tree.event(Event::Text(BytesText::new(&text)));
            });
        }
    }

    pub fn leaf_opt(&mut self, name: &str, text: Option<&String>) {
        self.leaf(name, text.map_or("", String::as_str));
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.into_inner()
    }
}

/// Text without the control characters that XML 1.0 cannot carry, and without outer blanks.
fn clean(text: &str) -> String {
    let kept = |c: &char| {
        (!c.is_control() || "\t\n\r".contains(*c)) && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    text.chars().filter(kept).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_well_formed() {
        let mut tree = Tree::new();
        tree.node_with("a", &[("k", "\"<&>\"")], |tree| {
            tree.leaf("b", "x < y & \u{1}z");
            tree.leaf("empty", " \u{8} ");
        });
        let text = String::from_utf8(tree.into_bytes()).expect("UTF-8");
        let read = roxmltree::Document::parse(&text).expect("well formed");
        assert_eq!(read.root_element().attribute("k"), Some("\"<&>\""));
        let children: Vec<_> = read.root_element().children().map(|n| n.text()).collect();
        assert_eq!(children, [Some("x < y & z")]);
    }
}
