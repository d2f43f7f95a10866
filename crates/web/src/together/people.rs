//! The people who sign in, by the names that everyone here knows, and those whom a text names.

use identity::{Role, User, grants_for};
use kernel::{Door, Fault, Grants, Id, Language, Tx};

/// Someone who may sign in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: Id<User>,
    pub name: String,
    pub role: Role,
    pub language: Language,
    pub grants: Grants,
}

impl Person {
    /// Whether their roles let them.
    #[must_use]
    pub fn can(&self, right: &str) -> bool {
        self.grants.allow(right)
    }
}

/// Those who may sign in, by name.
///
/// # Errors
/// `store.*`.
pub fn people(tx: &mut Tx<'_>) -> Result<Vec<Person>, Fault> {
    let users = tx.find(User::ACTIVE.is(&true))?;
    let mut people = Vec::with_capacity(users.len());
    for user in users {
        people.push(Person {
            id: user.id,
            role: user.role,
            language: user.language.language(),
            grants: grants_for(tx, &user, Door::Web)?,
            name: user.into_inner().name,
        });
    }
    people.sort_by_cached_key(|person| store::fold(&person.name));
    Ok(people)
}

/// Where a text names someone, as `@Name`: from which byte to which, and whom.
///
/// A name is the whole one, or as much of its beginning, in whole words, as no other person shares;
/// case and accents do not matter.
#[must_use]
pub fn mentions<'p>(text: &str, people: &'p [Person]) -> Vec<(usize, usize, &'p Person)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        // An address holds an @ between its letters.
        let begins = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some((length, who)) = begins.then(|| named(&text[from..], people)).flatten() {
            found.push((at, from + length, who));
            from += length;
        }
    }
    found
}

/// The person whom a text begins with, and how many bytes name them.
fn named<'p>(text: &str, people: &'p [Person]) -> Option<(usize, &'p Person)> {
    let longest = people.iter().map(|person| person.name.split_whitespace().count()).max()?;
    (1..=longest).rev().find_map(|count| {
        let end = end_of_words(text, count)?;
        let words = store::fold(&text[..end]);
        let whole = people.iter().find(|person| store::fold(&person.name) == words);
        let begins = |person: &&Person| {
            let name = store::fold(&person.name);
            name.strip_prefix(words.as_str()).is_some_and(|rest| rest.starts_with(' '))
        };
        let mut some = people.iter().filter(begins);
        let only = some.next().filter(|_| some.next().is_none());
        whole.or(only).map(|person| (end, person))
    })
}

/// Where so many words end at the beginning of a text, each after one blank but the first.
fn end_of_words(text: &str, count: usize) -> Option<usize> {
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '\'' | '’');
    let mut end = 0;
    for rank in 0..count {
        let rest = &text[end..];
        let skipped =
            if rank == 0 { 0 } else { rest.chars().next().filter(|c| *c == ' ')?.len_utf8() };
        let word = &rest[skipped..];
        let length = word.find(|letter| !part(letter)).unwrap_or(word.len());
        if length == 0 {
            return None;
        }
        end += skipped + length;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use kernel::RawId;

    use super::*;

    fn team() -> Vec<Person> {
        let names = ["Hélène Aubrelle", "Didier Faure", "Claire Petit", "Claire Martin"];
        let person = |(rank, name): (usize, &str)| Person {
            id: Id::from_raw(RawId([u8::try_from(rank).unwrap_or(0); 16])),
            name: name.to_owned(),
            role: Role::Seller,
            language: Language::French,
            grants: Grants::default(),
        };
        names.into_iter().enumerate().map(person).collect()
    }

    fn named_in(text: &str) -> Vec<String> {
        mentions(text, &team()).into_iter().map(|(.., who)| who.name.clone()).collect()
    }

    #[test]
    fn a_name_is_found_whole_or_by_its_own_beginning() {
        assert_eq!(
            named_in("Vu avec @Didier Faure, et @hélène."),
            ["Didier Faure", "Hélène Aubrelle"]
        );
        assert_eq!(named_in("@Claire martin peut-être"), ["Claire Martin"]);
    }

    #[test]
    fn what_two_share_and_what_no_one_has_name_nobody() {
        assert!(named_in("@Claire, @Zoé, @ et didier@faure.example").is_empty());
        assert!(named_in("@Did").is_empty());
    }
}
