//! The passwords that are tried first.

/// The words that the commonest passwords are made of, in lower case.
const WORDS: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "pass",
    "passe",
    "passwort",
    "motdepasse",
    "mot de passe",
    "mdp",
    "azerty",
    "azertyuiop",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "qsdfghjklm",
    "asdfghjkl",
    "wxcvbn",
    "zxcvbnm",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "q1w2e3r4t5y6",
    "1qaz2wsx3edc",
    "1qaz2wsx",
    "qazwsxedc",
    "zaq12wsx",
    "abcdefghijkl",
    "abcdefgh",
    "abcdef",
    "abc",
    "iloveyou",
    "ilovey0u",
    "jetaime",
    "jetadore",
    "loulou",
    "doudou",
    "chouchou",
    "nicolas",
    "marseille",
    "parisparis",
    "paris",
    "france",
    "bonjour",
    "bonjourbonjour",
    "bienvenue",
    "welcome",
    "letmein",
    "changeme",
    "changezmoi",
    "changermoi",
    "secret",
    "monsecret",
    "soleil",
    "sunshine",
    "princesse",
    "princess",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "spiderman",
    "pokemon",
    "starwars",
    "dragon",
    "monkey",
    "master",
    "shadow",
    "michael",
    "jordan",
    "ashley",
    "charlie",
    "jessica",
    "thomas",
    "camille",
    "alexandre",
    "administrator",
    "administrateur",
    "admin",
    "adminadmin",
    "root",
    "toor",
    "user",
    "utilisateur",
    "guest",
    "demo",
    "test",
    "testtest",
    "testing",
    "temporaire",
    "temporary",
    "default",
    "access",
    "internet",
    "computer",
    "ordinateur",
    "entreprise",
    "company",
    "societe",
    "compta",
    "comptabilite",
    "facture",
    "commande",
    "comptoir",
    "erp",
    "crm",
    "trustno",
    "whatever",
    "freedom",
    "liberte",
    "hello",
    "helloworld",
    "hellohello",
    "coucou",
    "coucoucoucou",
    "samsung",
    "google",
    "facebook",
    "linkedin",
    "microsoft",
    "windows",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "printemps",
    "summer",
    "winter",
    "spring",
    "autumn",
    "automne",
    "hiver",
    "lundi",
    "monday",
];

/// How many different characters a password must hold at least.
const DIFFERENT: usize = 5;

/// Whether someone who guesses would try this early: a common word with figures and signs around
/// it, the same word over again, a few characters repeated, or a run such as `123456789012`.
pub fn guessed_first(password: &str) -> bool {
    let lower: String = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT || runs(&lower) {
        return true;
    }
    let bare = lower.trim_matches(|c: char| !c.is_alphabetic());
    let whole = lower.trim_matches(|c: char| !c.is_alphanumeric());
    [bare, whole].into_iter().any(|word| common(&unaccented(word)))
}

fn common(text: &str) -> bool {
    WORDS.iter().any(|word| {
        let rest = text.replace(word, "");
        rest.len() < text.len() && rest.chars().all(|c| !c.is_alphabetic()) && rest.len() <= 4
    })
}

/// Whether each character follows the one before, up or down, `90` included.
fn runs(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let follows = |pair: &[u32], step: i64| {
        let near = i64::from(pair[1]) - i64::from(pair[0]) == step;
        near || (step == 1 && pair == [u32::from('9'), u32::from('0')])
    };
    [1, -1].into_iter().any(|step| codes.windows(2).all(|pair| follows(pair, step)))
}

fn unaccented(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::guessed_first;

    #[test]
    fn asvs_6_2_4_first_guesses_are_known() {
        for guess in [
            "password1234",
            "Motdepasse2026!",
            "123456789012",
            "azertyuiop123",
            "qwertyuiop!!",
            "abababababab",
            "MotDePasse-2026",
            "Bienvenue2026",
            "1q2w3e4r5t6y",
            "Décembre2026!",
            "passwordpassword",
            "zyxwvutsrqpo",
        ] {
            assert!(guessed_first(guess), "{guess}");
        }
    }

    #[test]
    fn sentences_are_not_first_guesses() {
        for fine in ["trois lins écrus", "le test du tissu bleu", "7 bons paniers d'osier"] {
            assert!(!guessed_first(fine), "{fine}");
        }
    }
}
