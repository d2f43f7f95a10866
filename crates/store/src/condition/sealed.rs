//! Conditions on fields that are kept sealed.

use kernel::{Condition, Value};

use super::Writer;
use crate::secrets;

impl Writer {
    /// A test of a field that is kept sealed: it is one of these texts, or holds none of them. What
    /// asks for more than that (an order, a part of the text) finds nothing.
    pub(super) fn sealed(&mut self, condition: &Condition) -> Option<String> {
        let secret = |field: &str| self.def.field(field).is_some_and(|field| field.secret);
        let (field, texts): (&str, Vec<&str>) = match condition {
            Condition::Is(field, Value::Text(text)) => (field, vec![text]),
            Condition::Contains(field, words) => (field, vec![words]),
            Condition::Among(field, values) => {
                let texts = values.iter().filter_map(|value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                (field, texts.collect())
            }
            Condition::AtLeast(field, _)
            | Condition::AtMost(field, _)
            | Condition::Above(field, _)
            | Condition::Below(field, _) => (field, Vec::new()),
            _ => return None,
        };
        if !secret(field) {
            return None;
        }
        let (envelope, table) = (self.envelope.clone(), self.def.plural);
        let (column, mut tests) = (self.column(field), Vec::with_capacity(texts.len()));
        let begins = secrets::prefix_of(&column);
        for text in texts {
            tests.push(match &envelope {
                Some(envelope) => {
                    let prefix = envelope.prefix(table, field, text);
                    format!("{begins} = {}", self.param(prefix.into()))
                }
                // Without a key it lies in clear, under the same index.
                None => {
                    let whole = self.param(text.into());
                    format!("({begins} = {} and {column} = {whole})", secrets::prefix_of(&whole))
                }
            });
        }
        Some(if tests.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("({})", tests.join(" or "))
        })
    }
}
