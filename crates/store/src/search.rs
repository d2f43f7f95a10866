//! The text that searches look into: lower case, without accents, the same on both databases.

use kernel::{EntityDef, Record, Value};

use crate::cell::Cell;
use crate::session::Statement;

/// What SQLite is told of one record: company, entity, id and text. A trigger around a write would
/// make the full-text index put each record on the disk alone: new ones are told to it directly.
pub fn statements(cells: [Cell; 4], new: bool) -> Vec<Statement> {
    let [company, entity, id, text] = cells;
    let statement = |text: &str, params| Statement { text: text.into(), params };
    if !new {
        let update = "update search_text set text = $4 \
                      where company = $1 and entity = $2 and id = $3 and text <> $4";
        return vec![statement(update, vec![company, entity, id, text])];
    }
    let insert = "insert into search_text (company, entity, id, text) values ($1, $2, $3, $4)";
    let index = "insert into search_index (rowid, text) values (last_insert_rowid(), $1)";
    let told = vec![text.clone()];
    vec![statement(insert, vec![company, entity, id, text]), statement(index, told)]
}

/// Lower case and without the accents of the European languages.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ß' => out.push_str("ss"),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            '’' => out.push('\''),
            other => out.push(other),
        }
    }
    out
}

/// What the searches of an entity look into for one record.
pub fn text_of(def: &EntityDef, values: &Record) -> String {
    let words: Vec<&str> = def
        .fields
        .iter()
        .zip(values)
        .filter(|(field, _)| field.search && !field.secret)
        .filter_map(
            |(_, value)| if let Value::Text(text) = value { Some(text.as_str()) } else { None },
        )
        .filter(|text| !text.is_empty())
        .collect();
    fold(&words.join(" "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(super::fold("Épicerie Cœur d’Été"), "epicerie coeur d'ete");
    }
}
