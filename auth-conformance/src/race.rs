//! Running a promise, and starting its contenders together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, yield_now};

use crate::harness::FreshStore;

/// How often two verbs are raced against each other.
pub(crate) const ROUNDS: u32 = 32;

/// How often two verbs for accounts are raced against each other.
pub(crate) const RACES: u16 = 500;

/// Checks one promise against one fresh store; returns at once where `fresh` has none to give.
///
/// ```
/// use auth_conformance::{check_store, stores};
/// use auth_core::MemoryStore;
///
/// check_store(|| async { MemoryStore::new() }, stores::bootstrap::fifty_bootstraps_have_one_winner);
/// ```
pub fn check_store<F, P>(
    fresh: impl FnOnce() -> F,
    promise: impl FnOnce(<F::Output as FreshStore>::Harness) -> P,
) where
    F: Future<Output: FreshStore>,
    P: Future<Output = ()>,
{
    runtime().block_on(async {
        if let Some(harness) = fresh().await.available() {
            promise(harness).await;
        }
    });
}

pub(crate) fn runtime() -> Runtime {
    // Four threads on any machine, so that contenders overlap even where there are fewer cores.
    Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a test can start a runtime")
}

/// Runs all contenders at once and gives back their results, in the order in which they finished.
pub(crate) async fn all_at_once<T: Send + 'static>(
    contenders: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let contenders: Vec<_> = contenders.into_iter().collect();
    let start = Start::of(contenders.len());
    let mut tasks = JoinSet::new();
    for contender in contenders {
        let start = Arc::clone(&start);
        tasks.spawn(async move {
            start.line_up().await;
            contender.await
        });
    }
    tasks.join_all().await
}

/// Runs two contenders at once.
///
/// From round to round they start a little apart, now the one first and now the other, so that
/// the rounds together meet more schedules than the scheduler's favourite one.
pub(crate) async fn both_at_once<A: Send + 'static, B: Send + 'static>(
    round: u32,
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B) {
    let start = Start::of(2);
    let one = tokio::spawn(after(Arc::clone(&start), round % 4, one));
    let other = tokio::spawn(after(start, round / 4 % 4, other));
    (one.await.expect("a contender does not panic"), other.await.expect("a contender does not panic"))
}

async fn after<T>(start: Arc<Start>, yields: u32, contender: impl Future<Output = T>) -> T {
    start.line_up().await;
    for _ in 0..yields {
        yield_now().await;
    }
    contender.await
}

/// Where contenders wait until all are there, each of them awake.
///
/// A barrier would put all but the last to sleep, and the last one would be far ahead before the
/// others have woken up.
struct Start {
    missing: AtomicUsize,
}

impl Start {
    fn of(contenders: usize) -> Arc<Self> {
        Arc::new(Self { missing: AtomicUsize::new(contenders) })
    }

    async fn line_up(&self) {
        self.missing.fetch_sub(1, Ordering::SeqCst);
        while self.missing.load(Ordering::SeqCst) > 0 {
            yield_now().await;
        }
    }
}
