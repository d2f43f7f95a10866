//! A device that keeps one passkey, as far as these tests need one: it makes a P-256 key, and signs
//! what a browser would have it sign. It can be made to lie.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// User present, user verified, attested credential data included (W3C WebAuthn 3, section 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

pub struct Device {
    keys: EcdsaKeyPair,
    id: Vec<u8>,
    /// Whose it says it is: the `user.id` of the registration.
    handle: String,
    pub origin: String,
    pub place: String,
    pub counter: u32,
    /// Whether a finger or a PIN was asked for.
    pub verifies: bool,
}

impl Device {
    /// At `http://localhost:7700`.
    pub fn new(number: u8) -> Self {
        let chance = SystemRandom::new();
        let signing = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(signing, &chance).unwrap();
        Self {
            keys: EcdsaKeyPair::from_pkcs8(signing, document.as_ref(), &chance).unwrap(),
            id: vec![number; 32],
            handle: String::new(),
            origin: "http://localhost:7700".to_owned(),
            place: "localhost".to_owned(),
            counter: 0,
            verifies: true,
        }
    }

    /// What a browser sends after having it make a passkey.
    pub fn make(&mut self, asked: &Json) -> String {
        self.handle = asked["publicKey"]["user"]["id"].as_str().unwrap().to_owned();
        let mut data = self.data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xa0);
        object.extend(text("authData"));
        object.extend(bytes(&data));
        self.said(json!({
            "clientDataJSON": base64(self.client("webauthn.create", asked).as_bytes()),
            "attestationObject": base64(&object),
        }))
    }

    /// What a browser sends after having it sign.
    pub fn sign(&mut self, asked: &Json) -> String {
        self.counter += 1;
        let (client, mut data) = (self.client("webauthn.get", asked), self.data(0));
        let told = data.clone();
        data.extend(Sha256::digest(client.as_bytes()));
        let signature = self.keys.sign(&SystemRandom::new(), &data).unwrap();
        self.said(json!({
            "clientDataJSON": base64(client.as_bytes()),
            "authenticatorData": base64(&told),
            "signature": base64(signature.as_ref()),
            "userHandle": self.handle,
        }))
    }

    fn said(&self, response: Json) -> String {
        let id = base64(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "extensions": {},
            "response": response })
        .to_string()
    }

    fn client(&self, kind: &str, asked: &Json) -> String {
        json!({ "type": kind, "challenge": asked["publicKey"]["challenge"],
            "origin": self.origin, "crossOrigin": false })
        .to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.place.as_bytes()).to_vec();
        data.push(flags | PRESENT | if self.verifies { VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// A COSE key: EC2, ES256, P-256, x, y (RFC 9053, section 7.1).
    fn public_key(&self) -> Vec<u8> {
        let point = self.keys.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        key.extend(bytes(&point[1..33]));
        key.push(0x22);
        key.extend(bytes(&point[33..]));
        key
    }
}

/// A short text in CBOR (RFC 8949, section 3.1).
fn text(text: &str) -> Vec<u8> {
    let mut out = vec![0x60 | u8::try_from(text.len()).unwrap()];
    out.extend(text.as_bytes());
    out
}

/// A byte string in CBOR.
fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x58, u8::try_from(bytes.len()).unwrap()];
    out.extend(bytes);
    out
}

/// Base64url without padding (RFC 4648, section 5).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let group = three.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        let group = group << (8 * (3 - three.len()));
        for rank in 0..=three.len() {
            out.push(char::from(LETTERS[(group >> (18 - 6 * rank) & 63) as usize]));
        }
    }
    out
}
