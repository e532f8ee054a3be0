//! Tells every connection that the server stops, and waits until the last one has ended.

use tokio::sync::watch;

/// The side that tells.
#[derive(Debug)]
pub(super) struct Stopping(watch::Sender<()>);

/// What a connection holds for as long as it lives, and hears it by.
#[derive(Debug)]
pub(super) struct Told(watch::Receiver<()>);

impl Stopping {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// One for a connection.
    pub(super) fn told(&self) -> Told {
        Told(self.0.subscribe())
    }

    /// How many connections there are.
    pub(super) fn count(&self) -> usize {
        self.0.receiver_count()
    }

    /// Tells them all, and returns when the last one has ended.
    pub(super) async fn tell(self) {
        self.0.send_replace(());
        self.0.closed().await;
    }
}

impl Told {
    /// Waits until it is told.
    pub(super) async fn stop(&mut self) {
        // The other end gone means the same as the word.
        let _told = self.0.changed().await;
    }
}
