//! One connection to PostgreSQL, moved by the thread that waits for it: an answer wakes nobody else.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Error, Socket, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::server::Server;

/// What a connection talks through: TLS, or the bare socket where none is wanted.
type Talk = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

pub struct Link {
    /// Waits for the socket; none only while the link is dropped.
    runtime: Option<Runtime>,
    client: Client,
    /// None once it is closed: whoever waits for an answer of it is told then.
    connection: Option<Talk>,
    /// By their text.
    prepared: HashMap<Box<str>, Statement>,
}

impl Link {
    /// # Errors
    /// What the system or the server said.
    pub fn open(server: &Server) -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let connected = runtime.block_on(server.config.connect(server.tls.clone()));
        let (client, connection) = connected.map_err(|error| said(&error))?;
        let (runtime, connection) = (Some(runtime), Some(connection));
        Ok(Self { runtime, client, connection, prepared: HashMap::new() })
    }

    /// Waits for what is asked while the connection moves.
    ///
    /// # Errors
    /// Those of what is asked; that the connection is closed.
    pub fn wait<T>(
        &mut self,
        asked: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { runtime, client, connection, .. } = self;
        let runtime = runtime.as_ref();
        let runtime = runtime.unwrap_or_else(|| unreachable!("the runtime lives as the link"));
        let mut asked = pin!(asked(client));
        runtime.block_on(poll_fn(|context| {
            if let Poll::Ready(answer) = asked.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            move_on(connection, context);
            // The answer may have come with this very move.
            asked.as_mut().poll(context)
        }))
    }

    /// Sends a statement whose answer nobody waits for.
    pub fn tell(&mut self, text: &str) {
        let Self { runtime: Some(runtime), client, connection, .. } = self else { return };
        let mut asked = pin!(client.batch_execute(text));
        runtime.block_on(poll_fn(|context| {
            // Asked for, then sent: the answer comes when it comes.
            let _ = asked.as_mut().poll(context);
            move_on(connection, context);
            Poll::Ready(())
        }));
    }

    /// The statement of this text, prepared once.
    ///
    /// # Errors
    /// Those of the server.
    pub fn prepared(&mut self, text: &str) -> Result<Statement, Error> {
        if let Some(known) = self.prepared.get(text) {
            return Ok(known.clone());
        }
        let made = self.wait(async |client| client.prepare(text).await)?;
        self.prepared.insert(text.into(), made.clone());
        Ok(made)
    }

    /// Whether the server is still there, as far as the socket knows.
    pub fn is_alive(&mut self) -> bool {
        if self.client.is_closed() {
            return false;
        }
        let Self { runtime: Some(runtime), connection, .. } = self else { return false };
        runtime.block_on(async {
            // What the socket has to say is heard between two moves.
            tokio::task::yield_now().await;
            poll_fn(|context| {
                move_on(connection, context);
                Poll::Ready(())
            })
            .await;
        });
        self.connection.is_some()
    }
}

/// What went wrong, and why: a certificate that does not hold is told by its cause.
fn said(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

/// Lets the connection send and receive what it can, and drops it when it is closed.
fn move_on(connection: &mut Option<Talk>, context: &mut Context<'_>) {
    let closed = connection.as_mut().is_some_and(|open| Pin::new(open).poll(context).is_ready());
    if closed {
        *connection = None;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It may be dropped on a thread that must not wait.
            runtime.shutdown_background();
        }
    }
}
