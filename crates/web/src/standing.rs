//! How this installation is kept, as whoever started it knows.

/// What the command line decided about safety; no secret is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Pages are served over TLS, here or at a proxy.
    pub tls: bool,
    /// Only this machine reaches them.
    pub near: bool,
    /// Whether the embedded database is encrypted; unknown of a PostgreSQL server's disk.
    pub encrypted: Option<bool>,
    /// The key lies elsewhere than the data that it opens.
    pub key_apart: bool,
    /// The checkpoints of the audit are copied elsewhere.
    pub witness: bool,
    /// A mail server sends our letters.
    pub mail: bool,
}
