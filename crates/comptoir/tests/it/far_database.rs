//! A PostgreSQL server on another machine is reached over TLS alone, and only under its own name.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use store::{Location, Store};
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::ground::OwnPostgres;

/// What a client of PostgreSQL sends to ask for TLS (PostgreSQL documentation, 55.7, `SSLRequest`).
const WISH: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// TLS in front of the real server of the tests, which itself speaks in clear: as a server with
/// `ssl = on` does it. Tells its port.
fn door_before(server: String, config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (server, config) = (server.clone(), config.clone());
            std::thread::spawn(move || drop(carry(stream, &server, config)));
        }
    });
    port
}

/// One thread reads and writes both sides in turn: the client speaks first, and neither for long.
fn carry(mut near: TcpStream, server: &str, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let mut wish = [0; 8];
    near.read_exact(&mut wish)?;
    assert_eq!(wish, WISH, "spoken to in clear");
    near.write_all(b"S")?;
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut near = StreamOwned::new(connection, near);
    let mut far = TcpStream::connect(server)?;
    let patience = Some(std::time::Duration::from_millis(5));
    far.set_read_timeout(patience)?;
    near.sock.set_read_timeout(patience)?;
    let mut bytes = [0; 16 << 10];
    while pass(&mut near, &mut far, &mut bytes)? && pass(&mut far, &mut near, &mut bytes)? {}
    far.shutdown(Shutdown::Both)
}

/// Passes on what one side has said; tells whether it may still speak.
fn pass(from: &mut impl Read, to: &mut impl Write, bytes: &mut [u8]) -> std::io::Result<bool> {
    match from.read(bytes) {
        Ok(0) => Ok(false),
        Ok(count) => to.write_all(&bytes[..count]).and_then(|()| to.flush()).map(|()| true),
        Err(error) if is_silence(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

fn is_silence(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

#[test]
fn a_database_elsewhere_is_reached_over_tls_under_its_own_name() {
    let Some(own) = OwnPostgres::new("far") else { return };
    let folder = TempDir::new().expect("a folder");
    let mut wanted = CertificateParams::new(Vec::<String>::new()).expect("no names");
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = KeyPair::generate().expect("a key");
    let root = folder.path().join("root.pem");
    std::fs::write(&root, wanted.self_signed(&ca).expect("a root").pem()).expect("written");
    let issuer = Issuer::new(wanted, ca);
    let (_, rest) = own.url.split_once('@').expect("postgres://user@host/name");
    let (server, name) = rest.split_once('/').expect("its name");
    let door = |host: &str| {
        let key = KeyPair::generate().expect("a key");
        let wanted = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        let leaf = wanted.signed_by(&key, &issuer).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .expect("TLS 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key);
        let port = door_before(server.to_owned(), Arc::new(config.expect("a pair")));
        format!("postgres://postgres@localhost:{port}/{name}?sslmode=verify-full")
    };
    let open = |url: String| Store::open(comptoir::catalog(), &Location::Postgres(url));
    let root = root.display();
    let store = open(format!("{}&sslrootcert={root}", door("localhost"))).expect("over TLS");
    store.migrate(comptoir::MIGRATIONS).expect("its schema");
    assert_eq!(store.schema_differences().expect("a look"), Vec::<String>::new());
    drop(store);
    for refused in [
        open(format!("{}&sslrootcert={root}", door("base.example"))),
        open(door("localhost")),
        // The server of the tests has no TLS to offer.
        open(format!("postgres://postgres@{server}/{name}?sslmode=require&sslrootcert={root}")),
    ] {
        let fault = refused.map(drop).expect_err("not reached");
        assert_eq!(fault.code, "store.unavailable", "{fault:?}");
    }
    own.drop_it();
}
