//! Being told to stop: SIGTERM, or Ctrl-C.

use std::io;

/// The signals that mean "stop", caught from the moment this exists.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Starts catching them.
    ///
    /// # Errors
    ///
    /// Where the system does not let us.
    pub fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// The name of the next one.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Starts catching them.
    ///
    /// # Errors
    ///
    /// Where the system does not let us.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The name of the next one.
    pub async fn next(&mut self) -> &'static str {
        // Without Ctrl-C there is nothing to wait for; the system ends the process by force.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
