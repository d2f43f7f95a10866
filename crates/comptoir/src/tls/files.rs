//! Certificates in files: those given, and the one that we make ourselves.

use std::fs;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use kernel::Fault;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::parse_x509_certificate;

use super::certified;

/// How long a certificate of ours holds, in days: what browsers take at most from an authority.
const OWN_DAYS: i64 = 397;
/// It is made again when it holds no longer than this.
const OWN_LEFT: i64 = 30;

/// Where a certificate and its key are.
#[derive(Debug, Clone)]
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Pair {
    pub fn of(folder: &Path, name: &str) -> Self {
        let place = |what: &str| folder.join(format!("{name}-{what}.pem"));
        Self { certificate: place("certificate"), key: place("key") }
    }

    /// # Errors
    /// `tls.certificate`.
    pub fn read(&self) -> Result<CertifiedKey, Fault> {
        let bytes = |place: &Path| fs::read(place).map_err(|error| unread(place, &error));
        let (chain, key) = (bytes(&self.certificate)?, bytes(&self.key)?);
        let pair = certified(&chain, &key).map_err(|said| unread(&self.certificate, &said))?;
        pair.keys_match().map_err(|said| unread(&self.certificate, &said))?;
        Ok(pair)
    }

    /// Keeps a new pair, the key for our eyes only; each file is there whole, or as it was.
    ///
    /// # Errors
    /// `data.folder`.
    pub fn keep(&self, chain: &str, key: &str) -> Result<(), Fault> {
        write(&self.key, key)?;
        write(&self.certificate, chain)
    }

    /// When the certificate's file was last written.
    pub fn changed(&self) -> Option<SystemTime> {
        fs::metadata(&self.certificate).and_then(|known| known.modified()).ok()
    }

    /// The days that it still holds, and how many it holds in all.
    pub fn days(&self) -> Option<(i64, i64)> {
        let read = self.read().ok()?;
        let (_, leaf) = parse_x509_certificate(read.cert.first()?).ok()?;
        let (from, until) = (leaf.validity().not_before, leaf.validity().not_after);
        let now = jiff::Timestamp::now().as_second();
        let days = |seconds: i64| seconds.div_euclid(86_400);
        Some((days(until.timestamp() - now), days(until.timestamp() - from.timestamp())))
    }
}

/// The certificate that we sign ourselves.
#[derive(Debug, Clone)]
pub struct Own {
    pub folder: PathBuf,
    /// The names and addresses it is for.
    pub names: Vec<String>,
}

impl Own {
    pub fn pair(&self) -> Pair {
        Pair::of(&self.folder, "own")
    }

    /// The one that is kept, or a new one where it is missing, or near its end.
    ///
    /// # Errors
    /// `tls.unavailable`, `data.folder`.
    pub fn fresh(&self) -> Result<CertifiedKey, Fault> {
        let pair = self.pair();
        if pair.days().is_none_or(|(left, _)| left < OWN_LEFT) {
            let (chain, key) = self.make().map_err(unavailable)?;
            pair.keep(&chain, &key)?;
        }
        pair.read()
    }

    fn make(&self) -> Result<(String, String), rcgen::Error> {
        let mut wanted = CertificateParams::new(self.names.clone())?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "Comptoir");
        wanted.distinguished_name = name;
        let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
        // Clocks differ: it holds since yesterday.
        let day = |shift: i64| {
            let day = today.saturating_add(jiff::Span::new().days(shift));
            let part = |number: i8| u8::try_from(number).unwrap_or(1);
            date_time_ymd(i32::from(day.year()), part(day.month()), part(day.day()))
        };
        (wanted.not_before, wanted.not_after) = (day(-1), day(OWN_DAYS - 1));
        let key = KeyPair::generate()?;
        Ok((wanted.self_signed(&key)?.pem(), key.serialize_pem()))
    }
}

/// What a certificate of ours is for: this machine by its names and addresses.
pub fn names(host: &str, domains: &[String]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(domains.iter().cloned());
    if host.parse::<IpAddr>().is_ok_and(|address| !address.is_unspecified()) {
        names.push(host.to_owned());
    }
    let machine = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let plain = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    if let Some(machine) = Some(machine.trim()).filter(|name| !name.is_empty() && plain(name)) {
        names.push(machine.to_owned());
    }
    names.sort();
    names.dedup();
    names
}

/// Writes a file that only we may read; it is there whole, or as it was before.
pub fn write(place: &Path, text: &str) -> Result<(), Fault> {
    use std::os::unix::fs::OpenOptionsExt;
    let folder = place.parent().unwrap_or(Path::new("."));
    let draft = place.with_extension("new");
    let written = fs::create_dir_all(folder).and_then(|()| {
        let mut wanted = fs::OpenOptions::new();
        let mut file = wanted.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, place)
    });
    written.map_err(|error: io::Error| {
        let place = place.display().to_string();
        Fault::new("data.folder").with("place", place).with("said", error.to_string())
    })
}

fn unread(place: &Path, said: &dyn std::fmt::Display) -> Fault {
    let place = place.display().to_string();
    Fault::new("tls.certificate").with("place", place).with("said", said.to_string())
}

#[allow(clippy::needless_pass_by_value)]
pub fn unavailable(error: rcgen::Error) -> Fault {
    Fault::new("tls.unavailable").with("said", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_ours_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = names("192.0.2.7", &["comptoir.example".to_owned()]);
        let own = Own { folder: folder.path().join("tls"), names };
        let first = own.fresh().expect("a certificate");
        let again = own.fresh().expect("the same");
        assert_eq!(first.cert, again.cert);
        let (left, all) = own.pair().days().expect("its days");
        assert_eq!((left, all), (OWN_DAYS - 2, OWN_DAYS));
        let (_, leaf) = parse_x509_certificate(&first.cert[0]).expect("a certificate");
        let said = format!("{:?}", leaf.subject_alternative_name().expect("names"));
        assert!(said.contains("comptoir.example") && said.contains("192, 0, 2, 7"), "{said}");
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(own.pair().key).expect("its key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = |name: &str| Own { folder: folder.path().join(name), names: names("", &[]) };
        let (one, other) = (own("one"), own("other"));
        drop((one.fresh().expect("one"), other.fresh().expect("another")));
        let mixed = Pair { certificate: one.pair().certificate, key: other.pair().key };
        assert_eq!(mixed.read().expect_err("no pair").code, "tls.certificate");
        let missing = Pair::of(folder.path(), "missing");
        assert_eq!(missing.read().expect_err("no file").code, "tls.certificate");
    }
}
