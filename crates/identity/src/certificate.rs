//! Certificates by which programs come in instead of a token: mutual TLS with certificates that are
//! each declared (RFC 8705, section 2.2). No authority has to be trusted: whoever holds the private
//! key of the declared certificate is the program.

use kernel::{Fault, Instant};
use sha2::{Digest, Sha256};
use x509_parser::parse_x509_certificate;
use x509_parser::pem::parse_x509_pem;

use crate::token::hex;

/// A certificate as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The SHA-256 of its DER form, in hexadecimal.
    pub print: String,
    /// Until when it says that it holds.
    pub until: Instant,
}

impl Certificate {
    /// The first certificate of a PEM text (RFC 7468).
    ///
    /// # Errors
    /// `certificate.malformed` when there is none that can be read.
    pub fn of_pem(text: &str) -> Result<Self, Fault> {
        let malformed = || Fault::new("certificate.malformed").on("certificate");
        let (_, pem) = parse_x509_pem(text.trim().as_bytes()).map_err(|_| malformed())?;
        let (_, read) = parse_x509_certificate(&pem.contents).map_err(|_| malformed())?;
        let seconds = read.validity().not_after.timestamp();
        Ok(Self { print: print_of(&pem.contents), until: Instant(seconds * Instant::SECOND) })
    }
}

/// What a certificate is known by: the SHA-256 of its DER form, in hexadecimal.
#[must_use]
pub fn print_of(der: &[u8]) -> String {
    hex(&Sha256::digest(der))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        for bad in ["", "certificate", key] {
            let refused = Certificate::of_pem(bad).expect_err(bad);
            assert_eq!(
                (refused.code, refused.field.as_deref()),
                ("certificate.malformed", Some("certificate"))
            );
        }
    }
}
