//! Passwords: which ones will do, and how they are kept.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Fault, Faults};

use crate::guesses;

/// Source: NIST SP 800-63B-4, section 3.1.1.2: fifteen where the password may stand alone.
pub const LEAST: usize = 15;
pub const MOST: usize = 128;

/// Memory in KiB, passes, lanes. Source: OWASP, Password Storage (argon2id).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// The hash of no one's password, at the same cost: unknown users take the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y29tcHRvaXItbm9ib2R5$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon() -> Result<Argon2<'static>, Fault> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None);
    let params = params.map_err(|_| Fault::new("password.hash"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a password will do for someone: 15 to 128 characters, any of them, not among the
/// commonest, and not their own name or address.
///
/// # Errors
/// `password.short`, `password.long`, `password.common`, `password.own`.
pub fn check_password(password: &str, own: &[&str]) -> Result<(), Faults> {
    let mut faults = Faults::default();
    let length = password.chars().count();
    faults.ensure(length >= LEAST, || {
        Fault::new("password.short").on("password").with("least", LEAST)
    });
    faults.ensure(length <= MOST, || Fault::new("password.long").on("password").with("most", MOST));
    faults
        .ensure(!guesses::guessed_first(password), || Fault::new("password.common").on("password"));
    let lower = password.to_lowercase();
    let about = |word: &&str| {
        let word = word.to_lowercase();
        lower == word || word.split('@').next().is_some_and(|name| lower.starts_with(name))
    };
    let own = own.iter().any(|word| word.chars().count() >= 4 && about(word));
    faults.ensure(!own, || Fault::new("password.own").on("password"));
    faults.into_result()
}

/// The argon2id hash of a password, as a PHC string. `salt` is chance.
///
/// # Errors
/// `password.hash` when the machine lacks the memory.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, Fault> {
    let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| Fault::new("password.hash"))
}

/// Whether the password is the one of the hash. Without a hash the same work is done for nothing.
#[must_use]
pub fn password_holds(password: &str, hash: Option<&str>) -> bool {
    // Longer ones are no one's, and would be hashed at length.
    if password.chars().count() > MOST {
        return false;
    }
    let Ok(argon) = argon() else { return false };
    let verified = argon.verify_password(password.as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
    verified && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn codes(password: &str) -> Vec<&'static str> {
        match check_password(password, &["helene.aubrelle@maison.example", "Hélène Aubrelle"]) {
            Ok(()) => Vec::new(),
            Err(faults) => faults.codes(),
        }
    }

    #[test]
    fn asvs_6_2_1_a_password_is_long_enough_and_not_the_first_guess() {
        assert!(codes("trois lins écrus au soleil").is_empty());
        assert_eq!(codes("lins écrus"), ["password.short"]);
        assert_eq!(codes(&"é1b2c3".repeat(30)), ["password.long"]);
        assert_eq!(codes("Motdepasse2026!"), ["password.common"]);
        assert_eq!(codes("aaaaaaaaaaaaaaaa"), ["password.common"]);
        assert_eq!(codes("helene.aubrelle@maison.example"), ["password.own"]);
        assert_eq!(codes("Helene.Aubrelle-2026"), ["password.own"]);
    }

    #[test]
    fn a_hash_proves_its_password_and_no_other() {
        let hash = hash_password("trois lins écrus", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password_holds("trois lins écrus", Some(&hash)));
        assert!(!password_holds("trois lins ecrus", Some(&hash)));
        assert!(!password_holds("trois lins écrus", Some("not a hash")));
        assert_ne!(hash, hash_password("trois lins écrus", [8; 16]).unwrap());
    }

    #[test]
    fn an_unknown_user_costs_as_much_as_a_known_one() {
        assert!(!password_holds("anything at all", None));
        let hash = hash_password("trois lins écrus", [7; 16]).unwrap();
        let time = |hash: Option<&str>| {
            let start = Instant::now();
            assert!(!password_holds("mistaken password", hash));
            start.elapsed()
        };
        // Turn about, and the quickest of each: what else the machine does hits both alike.
        let turns: Vec<_> = (0..9).map(|_| (time(Some(&hash)), time(None))).collect();
        let known = turns.iter().map(|turn| turn.0).min().unwrap_or_default();
        let unknown = turns.iter().map(|turn| turn.1).min().unwrap_or_default();
        assert!(unknown * 2 > known && known * 2 > unknown, "{known:?} {unknown:?}");
    }
}
