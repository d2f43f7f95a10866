//! Secret connections, with certificates of our own, of files and of an authority.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::ground::{Server, found, until};

/// What a client that trusts this root was answered.
#[derive(Debug)]
struct Heard {
    text: String,
    protocol: Option<Vec<u8>>,
    leaf: CertificateDer<'static>,
}

/// Asks for a page over TLS, by the name of the server, trusting one root.
fn ask(
    address: &str,
    name: &str,
    root: &CertificateDer<'_>,
    protocols: &[&[u8]],
) -> Result<Heard, String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let mut roots = RootCertStore::empty();
    roots.add(root.clone().into_owned()).map_err(|error| said(&error))?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .map_err(|error| said(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).map_err(|error| said(&error))?;
    let client = ClientConnection::new(Arc::new(config), name).map_err(|error| said(&error))?;
    let stream = TcpStream::connect(address).map_err(|error| said(&error))?;
    let mut stream = StreamOwned::new(client, stream);
    let asked = b"GET /sign-in HTTP/1.1\r\nhost: comptoir\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).map_err(|error| said(&error))?;
    let mut text = Vec::new();
    // HTTP/2 was agreed on: what was sent means nothing there.
    let read = stream.read_to_end(&mut text);
    let protocol = stream.conn.alpn_protocol().map(<[u8]>::to_vec);
    if protocol.as_deref() != Some(b"h2") {
        read.map_err(|error| said(&error))?;
    }
    let leaf = stream.conn.peer_certificates().and_then(|chain| chain.first());
    let leaf = leaf.ok_or("no certificate")?.clone().into_owned();
    Ok(Heard { text: String::from_utf8_lossy(&text).into_owned(), protocol, leaf })
}

fn own_root(data: &Path) -> CertificateDer<'static> {
    let place = data.join("tls/own-certificate.pem");
    CertificateDer::from_pem_file(place).expect("our own certificate")
}

#[test]
fn the_own_certificate_is_made_at_the_first_start_and_kept() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &["--tls"]);
    assert!(server.base.starts_with("https://"), "{}", server.base);
    let root = own_root(folder.path());
    let heard = ask(server.address(), "localhost", &root, &[b"http/1.1"]).expect("an answer");
    assert!(heard.text.starts_with("HTTP/1.1 200 "), "{}", heard.text);
    // ASVS 3.4.1.
    let stays = "strict-transport-security: max-age=31536000; includeSubDomains\r\n";
    assert!(heard.text.contains(stays), "{}", heard.text);
    let second = ask(server.address(), "localhost", &root, &[b"h2", b"http/1.1"]);
    assert_eq!(second.expect("an answer").protocol.as_deref(), Some(&b"h2"[..]));
    let stranger = KeyPair::generate().expect("a key");
    let other = authority().self_signed(&stranger).expect("a certificate");
    let refused = ask(server.address(), "localhost", other.der(), &[]);
    assert!(refused.is_err(), "a stranger's certificate was taken");
    drop(server);
    let again = Server::start(folder.path(), &["--tls"]);
    let later = ask(again.address(), "localhost", &root, &[b"http/1.1"]).expect("an answer");
    assert_eq!(later.leaf, heard.leaf);
}

#[test]
fn asvs_4_1_2_who_comes_in_clear_is_led_to_https_and_told_nothing_else() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let server = Server::start(folder.path(), &["--tls"]);
    let heard = |text: &str| {
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.write_all(text.as_bytes()).expect("asked");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("an answer");
        heard
    };
    let page = heard("GET /orders HTTP/1.1\r\nhost: box.example\r\nconnection: close\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 308 "), "{page}");
    assert!(page.contains("location: https://box.example/orders\r\n"), "{page}");
    let api = heard("GET /api/orders HTTP/1.1\r\nhost: box.example\r\nconnection: close\r\n\r\n");
    assert!(api.starts_with("HTTP/1.1 403 ") && !api.contains("location"), "{api}");
}

#[test]
fn a_certificate_in_files_is_served_and_read_again_when_it_is_renewed() {
    let folder = TempDir::new().expect("a folder");
    found(folder.path());
    let place = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (place("box.pem"), place("box.key"));
    let ca_key = KeyPair::generate().expect("a key");
    let root = authority().self_signed(&ca_key).expect("a root");
    let issuer = Issuer::new(authority(), ca_key);
    signed(&issuer, &certificate, &key);
    let given = ["--tls-certificate", certificate.as_str(), "--tls-key", key.as_str()];
    let server = Server::start(folder.path(), &given);
    let heard = ask(server.address(), "box.example", root.der(), &[b"http/1.1"]);
    assert!(heard.expect("an answer").text.starts_with("HTTP/1.1 200 "));
    drop(server);
    std::fs::write(&key, "not a key").expect("written");
    let output = crate::ground::comptoir("serve", folder.path()).args(given).output();
    let output = output.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("box.pem"), "{said}");
}

/// What a program that shows this certificate is answered.
fn shown(
    server: &Server,
    root: &CertificateDer<'_>,
    pair: Option<(&rcgen::Certificate, &KeyPair)>,
    asked: &str,
) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone().into_owned()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots);
    let config = match pair {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
            let chain = vec![certificate.der().clone()];
            config.with_client_auth_cert(chain, key).expect("a pair")
        }
    };
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let stream = TcpStream::connect(server.address()).expect("a connection");
    let mut stream = StreamOwned::new(client, stream);
    stream.write_all(asked.as_bytes()).expect("asked");
    let mut text = Vec::new();
    stream.read_to_end(&mut text).expect("an answer");
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_program_comes_in_by_the_certificate_declared_for_it_and_by_no_other() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let program = || {
        let key = KeyPair::generate().expect("a key");
        let wanted = CertificateParams::new(vec!["program.example".to_owned()]);
        (wanted.expect("a name").self_signed(&key).expect("a certificate"), key)
    };
    let (mine, other) = (program(), program());
    let server = Server::start(folder.path(), &["--tls", "--tls-clients"]);
    let root = own_root(folder.path());
    let ask = |pair: Option<&(rcgen::Certificate, KeyPair)>, asked: &str| {
        shown(&server, &root, pair.map(|pair| (&pair.0, &pair.1)), asked)
    };
    let read = "GET /api/units HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(ask(Some(&mine), read).starts_with("HTTP/1.1 401 "), "nobody declared it yet");
    declare(folder.path(), &mine.0.pem());
    assert!(ask(Some(&mine), read).starts_with("HTTP/1.1 200 "));
    assert!(ask(Some(&other), read).starts_with("HTTP/1.1 401 "));
    assert!(ask(None, read).starts_with("HTTP/1.1 401 "));
    // Read only, as it was declared; and no page of another site may use it.
    let write = |more: &str| {
        format!(
            "POST /api/parties HTTP/1.1\r\nhost: localhost\r\n{more}connection: close\r\n\
             content-type: application/json\r\ncontent-length: 13\r\n\r\n{{\"name\":\"Io\"}}"
        )
    };
    let written = ask(Some(&mine), &write(""));
    assert!(written.starts_with("HTTP/1.1 403 ") && !written.contains("request.origin"));
    let led = ask(Some(&mine), &write("sec-fetch-site: cross-site\r\n"));
    assert!(led.contains("request.origin"), "{led}");
    // A token says more than a certificate.
    let bearer = format!("authorization: Bearer {}\r\n", company.token);
    assert!(ask(Some(&other), &write(&bearer)).starts_with("HTTP/1.1 201 "));
}

/// Declares a certificate for the first user, read only.
fn declare(data: &Path, pem: &str) {
    use identity::certificate::Certificate;
    use kernel::{Actor, CompanyNumber, Door, Filter};
    let store = crate::ground::embedded(data).open().expect("a database");
    let certificate = Certificate::of_pem(pem).expect("a certificate");
    let house = Actor::house(CompanyNumber(1), Door::Console);
    let declared = store.command(store::Call::new(house), move |tx| {
        let users = tx.find::<identity::User>(Filter::everything())?;
        let scope = identity::Scope::Read;
        identity::token::declare(tx, users[0].id, "Caisse", &certificate, scope)?;
        let again = identity::token::declare(tx, users[0].id, "Caisse", &certificate, scope);
        assert!(again.expect_err("twice").has("certificate.declared"));
        Ok(serde_json::Value::Null)
    });
    declared.expect("declared");
}

fn authority() -> CertificateParams {
    let mut wanted = CertificateParams::new(Vec::<String>::new()).expect("no names");
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wanted
}

/// A certificate for `box.example` and this machine, in two files.
fn signed(issuer: &Issuer<'_, KeyPair>, certificate: &str, key: &str) {
    let names = ["box.example", "localhost", "127.0.0.1"].map(ToOwned::to_owned);
    let pair = KeyPair::generate().expect("a key");
    let wanted = CertificateParams::new(names).expect("names");
    let made = wanted.signed_by(&pair, issuer).expect("a certificate");
    std::fs::write(certificate, made.pem()).expect("written");
    std::fs::write(key, pair.serialize_pem()).expect("written");
}

/// A process that ends with its handle.
struct Ours(Child);

impl Ours {
    fn start(command: &mut Command) -> Self {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(quiet.spawn().expect("a process"))
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its number").port()
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|place| place.exists())
}

/// Pebble is the authority that Let's Encrypt tests clients with: it really comes and looks.
#[test]
fn an_authority_proves_our_name_and_signs_our_certificate() {
    let (Some(pebble), Some(names)) = (on_path("pebble"), on_path("pebble-challtestsrv")) else {
        eprintln!("skipped: pebble is not installed");
        return;
    };
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    found(folder.path());
    let ca_key = KeyPair::generate().expect("a key");
    let root = authority().self_signed(&ca_key).expect("a root").pem();
    std::fs::write(place("root.pem"), root).expect("written");
    signed(&Issuer::new(authority(), ca_key), &place("pebble.pem"), &place("pebble.key"));
    let [ours, directory, management, dns, defence] = [(); 5].map(|()| free_port());
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{directory}"),
        "managementListenAddress": format!("127.0.0.1:{management}"),
        "certificate": place("pebble.pem"), "privateKey": place("pebble.key"),
        "httpPort": 1, "tlsPort": ours, "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
    } });
    std::fs::write(place("pebble.json"), config.to_string()).expect("written");
    let local = |port: u16| format!("127.0.0.1:{port}");
    let (dns, defence) = (local(dns), local(defence));
    let _names = Ours::start(Command::new(names).args(["-defaultIPv4", "127.0.0.1"]).args([
        "-defaultIPv6",
        "",
        "-dns01",
        &dns,
        "-management",
        &defence,
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
    ]));
    let _pebble = Ours::start(
        Command::new(pebble)
            .args(["-config", &place("pebble.json"), "-dnsserver", &dns])
            .envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_WFE_NONCEREJECT", "0")]),
    );
    until("pebble", || TcpStream::connect(local(directory)).ok());
    let directory = format!("https://localhost:{directory}/dir");
    let (listen, root) = (local(ours), place("root.pem"));
    let server = Server::start(
        folder.path(),
        &[
            "--listen",
            &listen,
            "--tls-domain",
            "box.example",
            "--acme-directory",
            &directory,
            "--acme-root",
            &root,
        ],
    );
    // Until the authority has come, our own certificate is shown.
    let chain = folder.path().join("tls/acme-certificate.pem");
    let chain = until("a certificate", || std::fs::read(&chain).ok());
    let issuer = CertificateDer::pem_slice_iter(&chain).nth(1);
    let issuer = issuer.expect("the authority's own certificate").expect("a certificate");
    let heard =
        until("it is shown", || ask(server.address(), "box.example", &issuer, &[b"http/1.1"]).ok());
    assert!(heard.text.starts_with("HTTP/1.1 200 "), "{}", heard.text);
}
