//! Events on their way into the database.
//!
//! A request does not wait for its events to be written: they are put into a queue, and a task
//! writes them in batches. While the database is down they wait there, and when the queue is full
//! they are lost to the table; the log has them all.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use auth_core::store::EventStore;
use auth_core::{Event, EventSink};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How many events may wait.
const QUEUE: usize = 8_192;

/// How many are written at a time.
const BATCH: usize = 256;

/// How long the next batch gathers after one that was not full. A commit for each event would cost
/// a login more than its other statements together.
const GATHER: Duration = Duration::from_millis(100);

/// How long to wait before a batch that could not be written is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// How long the last events may take when the server stops.
const LAST: Duration = Duration::from_secs(3);

/// Puts events into the queue.
#[derive(Debug)]
pub struct Recorder {
    queue: Sender<Event>,
    lost: AtomicU64,
}

impl Recorder {
    /// How many events wait for the database.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How many were lost to the table since the start.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

impl EventSink for Recorder {
    fn record(&self, event: &Event) {
        if self.queue.try_send(event.clone()).is_err() {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            if lost.is_power_of_two() {
                tracing::error!(lost, "events are in the log only: too many wait for the database");
            }
        }
    }
}

/// The task that writes events down.
#[derive(Debug)]
pub struct Recording {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Recording {
    /// Starts writing what the recorder is given; needs a runtime.
    pub fn start(store: impl EventStore) -> (Recorder, Self) {
        let (queue, waiting) = channel(QUEUE);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(write(store, waiting, stopped));
        (Recorder { queue, lost: AtomicU64::new(0) }, Self { task, stop })
    }

    /// Takes no more events, and writes those that wait.
    pub async fn finish(self) {
        drop(self.stop);
        if timeout(LAST, self.task).await.is_err() {
            tracing::error!("the last events are in the log only: the database did not take them");
        }
    }
}

async fn write(store: impl EventStore, mut waiting: Receiver<Event>, mut stopped: oneshot::Receiver<()>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            some = waiting.recv_many(&mut batch, BATCH) => if some == 0 { return },
        }
        let full = batch.len() == BATCH;
        keep(&store, &mut batch).await;
        if !full {
            tokio::select! {
                _ = &mut stopped => break,
                () = sleep(GATHER) => {}
            }
        }
    }
    waiting.close();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        keep(&store, &mut batch).await;
    }
}

/// Writes the batch, however long that takes. An event that is written twice is kept once.
async fn keep(store: &impl EventStore, batch: &mut Vec<Event>) {
    let mut complained = false;
    while let Err(error) = store.append(batch).await {
        if !complained {
            tracing::warn!(error = crate::causes::chain(&error), "events wait for the database");
            complained = true;
        }
        sleep(AGAIN).await;
    }
    batch.clear();
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::{Arc, Mutex};

    use auth_core::store::StoreError;
    use auth_core::{Auth, Email, EventQuery, Login, MemoryStore, Password, Timestamp};

    use super::*;

    /// A store that is down a few times before it is up.
    #[derive(Clone)]
    struct Shaky {
        store: MemoryStore,
        down: Arc<AtomicUsize>,
        batches: Arc<AtomicUsize>,
    }

    impl Shaky {
        fn new(down: usize) -> Self {
            Self { store: MemoryStore::new(), down: Arc::new(down.into()), batches: Arc::default() }
        }

        async fn kept(&self) -> usize {
            let all = EventQuery { limit: u32::MAX, ..EventQuery::default() };
            self.store.events(&all).await.expect("memory").len()
        }
    }

    impl EventStore for Shaky {
        async fn append(&self, events: &[Event]) -> Result<(), StoreError> {
            let down = |left: usize| left.checked_sub(1);
            if self.down.fetch_update(Ordering::SeqCst, Ordering::SeqCst, down).is_ok() {
                return Err(StoreError::unavailable("down"));
            }
            self.batches.fetch_add(1, Ordering::SeqCst);
            self.store.append(events).await
        }

        async fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError> {
            self.store.events(query).await
        }

        async fn sweep_events(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
            self.store.sweep_events(before, limit).await
        }
    }

    /// Makes as many events, each by a login that fails.
    async fn fail(recorder: impl EventSink, times: usize) {
        let auth = Auth::builder(MemoryStore::new()).random_secrets().events(recorder);
        let auth = auth.build().expect("strong secrets");
        for nth in 0..times {
            let email = Email::parse(&format!("user{nth}@example.com")).expect("an address");
            let password = Password::parse("StrongPassword123!").expect("a password");
            auth.login(Login::new(email, password)).await.expect_err("there is nobody");
        }
    }

    #[tokio::test]
    async fn what_waits_is_written_before_the_end() {
        let store = Shaky::new(0);
        let (recorder, recording) = Recording::start(store.clone());
        fail(recorder, 20).await;
        recording.finish().await;
        assert_eq!(store.kept().await, 20);
    }

    #[derive(Clone, Debug, Default)]
    struct Collected(Arc<Mutex<Vec<Event>>>);

    impl EventSink for Collected {
        fn record(&self, event: &Event) {
            self.0.lock().expect("nothing panicked").push(event.clone());
        }
    }

    #[tokio::test]
    async fn what_follows_an_event_soon_is_written_with_one_commit() {
        let collected = Collected::default();
        fail(collected.clone(), 6).await;
        let events = collected.0.lock().expect("nothing panicked").clone();

        tokio::time::pause();
        let store = Shaky::new(0);
        let (recorder, recording) = Recording::start(store.clone());
        for (events, kept) in [(&events[..1], 1), (&events[1..], 6)] {
            for event in events {
                recorder.record(event);
            }
            while store.kept().await < kept {
                sleep(Duration::from_millis(1)).await;
            }
        }
        assert_eq!(store.batches.load(Ordering::SeqCst), 2, "the first at once, the others together");
        recording.finish().await;
    }

    #[tokio::test(start_paused = true)]
    async fn events_wait_for_a_database_that_is_down() {
        let store = Shaky::new(2);
        let (recorder, recording) = Recording::start(store.clone());
        fail(recorder, 3).await;
        recording.finish().await;
        assert_eq!(store.kept().await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_database_that_stays_down_does_not_keep_the_server_from_stopping() {
        let store = Shaky::new(usize::MAX);
        let (recorder, recording) = Recording::start(store.clone());
        fail(recorder, 1).await;
        recording.finish().await;
        assert_eq!(store.kept().await, 0);
    }
}
