//! The text that searches look into: lower case, without accents, the same on both databases.

use kernel::{EntityDef, Record, Value};

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
        .filter(|(field, _)| field.search)
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
