//! Numbers without gaps, one series a year.

use kernel::{Fault, Tx};

/// The next number of a yearly series: `CC-2026-00001`. Take it inside [`Tx::last`].
///
/// # Errors
/// `store.*`.
pub fn next(tx: &mut Tx<'_>, series: &str, prefix: &str) -> Result<String, Fault> {
    let year = tx.today().year();
    let rank = tx.number(&format!("{series}:{year}"))?;
    Ok(format!("{prefix}-{year}-{rank:05}"))
}
