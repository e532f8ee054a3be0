//! Bounded hashing: a few threads of their own and a short queue, free of any async runtime.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::clock::{Clock, Timestamp};
use crate::error::Fault;
use crate::observer::{Observation, Observer};

/// What spans for traces have as their target: those of this house, and nothing that a log would show.
const SPANS: &str = "auth::span";

/// Threads that run one job each, and a count of the jobs that run or wait.
#[derive(Debug)]
pub(super) struct Pool {
    threads: ThreadPool,
    pending: Arc<AtomicUsize>,
    size: usize,
    limit: usize,
    stopwatch: Option<Stopwatch>,
}

/// How busy the hashing threads are; for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingHealth {
    /// How many threads there are.
    pub threads: usize,
    /// How many of them hash just now.
    pub working: usize,
    /// How many passwords wait for one of them.
    pub waiting: usize,
    /// How many may wait; beyond, the answer is [`Fault::Busy`].
    pub queue: usize,
}

/// Measures, for whoever counts.
#[derive(Clone, Debug)]
pub(crate) struct Stopwatch {
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A place in the pool, given back when it is dropped, whatever became of the job.
struct Place(Arc<AtomicUsize>);

impl Pool {
    pub(super) fn new(
        threads: NonZeroUsize,
        queue: usize,
        stopwatch: Option<Stopwatch>,
    ) -> Result<Self, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .thread_name(|n| format!("auth-hash-{n}"))
            .start_handler(|_| step_back())
            .panic_handler(|_| tracing::error!("a hashing job panicked"))
            .build()?;
        let size = threads.get();
        Ok(Self {
            threads: pool,
            pending: Arc::default(),
            size,
            limit: size.saturating_add(queue),
            stopwatch,
        })
    }

    /// No thread idles while a job waits, so how many work follows from how many there are.
    pub(super) fn health(&self) -> HashingHealth {
        let pending = self.pending.load(Ordering::Relaxed);
        let working = pending.min(self.size);
        HashingHealth {
            threads: self.size,
            working,
            waiting: pending - working,
            queue: self.limit - self.size,
        }
    }

    /// Runs `job` on one of the threads. A caller that goes away before its turn is skipped.
    ///
    /// For whoever traces there are two spans: one until there is an answer, and within it one for the
    /// work. What lies between their beginnings was spent in the queue.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let span = tracing::debug_span!(target: SPANS, "hashing", otel.status_code = Empty);
        self.run_in(span.clone(), job).instrument(span.clone()).await.inspect_err(|_| {
            span.record("otel.status_code", "ERROR");
        })
    }

    async fn run_in<T: Send + 'static>(
        &self,
        span: Span,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let Some(place) = self.take_place() else {
            if let Some(Stopwatch { observer, .. }) = &self.stopwatch {
                observer.observe(Observation::HashingRefused);
            }
            return Err(Fault::Busy);
        };
        let timing = self.stopwatch.clone().map(|stopwatch| (stopwatch.clock.now(), stopwatch));
        let job = move || match timing {
            Some((arrived, stopwatch)) => stopwatch.time(arrived, job),
            None => job(),
        };
        let (answer, result) = oneshot::async_channel();
        self.threads.spawn_fifo(move || {
            let work = || span.in_scope(|| tracing::debug_span!(target: SPANS, "hash").in_scope(job));
            // A caller that has gone wants no answer, and gets none computed.
            let outcome = (!answer.is_closed()).then(work);
            drop(place);
            if let Some(outcome) = outcome {
                // The caller may have gone while the job ran; nobody is left to tell.
                let _gone = answer.send(outcome);
            }
        });
        result.await.map_err(|_| Fault::Internal("a hashing job was lost"))
    }

    fn take_place(&self) -> Option<Place> {
        let room = |pending| (pending < self.limit).then_some(pending + 1);
        self.pending.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).ok()?;
        Some(Place(Arc::clone(&self.pending)))
    }
}

impl Stopwatch {
    fn time<T>(self, arrived: Timestamp, job: impl FnOnce() -> T) -> T {
        let begun = self.clock.now();
        let outcome = job();
        let worked = self.clock.now().since(begun);
        self.observer.observe(Observation::Hashed { waited: begun.since(arrived), worked });
        outcome
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lowers the thread's priority, so that whoever serves requests is scheduled first.
///
/// Only on Linux is this a matter of one thread, without a privilege; elsewhere all stays as it is.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

        // The lower end of the scale from idle to urgent: nice 19.
        let modest = ThreadPriorityValue::try_from(0).map(ThreadPriority::Crossplatform);
        if !modest.is_ok_and(|priority| set_current_thread_priority(priority).is_ok()) {
            tracing::debug!("the hashing threads run at normal priority");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};
    use std::time::Duration;

    use tokio::task::{JoinHandle, yield_now};

    use super::*;

    fn one_thread(queue: usize) -> Arc<Pool> {
        Arc::new(Pool::new(NonZeroUsize::MIN, queue, None).expect("a thread can be started"))
    }

    /// Sends a job in, and returns once it has its place: the `nth`.
    async fn send<T: Send + 'static>(
        pool: &Arc<Pool>,
        nth: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<Result<T, Fault>> {
        let sent = tokio::spawn({
            let pool = Arc::clone(pool);
            async move { pool.run(job).await }
        });
        while pool.pending.load(Ordering::Relaxed) < nth {
            yield_now().await;
        }
        sent
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_and_serves_again_when_it_has_drained() {
        let pool = one_thread(1);
        let (release, gate) = mpsc::channel::<()>();
        let working = send(&pool, 1, move || gate.recv().is_ok()).await;
        let waiting = send(&pool, 2, || 7).await;
        assert!(matches!(pool.run(|| 0).await, Err(Fault::Busy)));
        assert_eq!(pool.health(), HashingHealth { threads: 1, working: 1, waiting: 1, queue: 1 });

        release.send(()).expect("the job waits");
        assert!(working.await.expect("it ran").expect("it answered"));
        assert_eq!(waiting.await.expect("it ran").expect("it answered"), 7);
        assert_eq!(pool.run(|| 8).await.expect("there is room"), 8);
    }

    #[derive(Debug, Default)]
    struct Seen(Mutex<Vec<Observation>>);

    impl Observer for Seen {
        fn observe(&self, observation: Observation) {
            self.0.lock().expect("nobody panics here").push(observation);
        }
    }

    /// Each look at it is a second later.
    #[derive(Debug, Default)]
    struct Ticking(AtomicUsize);

    impl Clock for Ticking {
        fn now(&self) -> Timestamp {
            let seconds = self.0.fetch_add(1, Ordering::Relaxed);
            Timestamp::from_millis(0) + Duration::from_secs(seconds as u64)
        }
    }

    #[tokio::test]
    async fn whoever_counts_hears_how_long_it_took_and_who_was_refused() {
        let seen = Arc::new(Seen::default());
        let stopwatch = Stopwatch {
            observer: Arc::clone(&seen) as Arc<dyn Observer>,
            clock: Arc::new(Ticking::default()),
        };
        let pool = Pool::new(NonZeroUsize::MIN, 0, Some(stopwatch)).expect("a thread can be started");
        let pool = Arc::new(pool);
        let (release, gate) = mpsc::channel::<()>();
        let working = send(&pool, 1, move || gate.recv().is_ok()).await;
        assert!(matches!(pool.run(|| 0).await, Err(Fault::Busy)));
        release.send(()).expect("the job waits");
        assert!(working.await.expect("it ran").is_ok());
        let second = Duration::from_secs(1);
        assert_eq!(
            *seen.0.lock().expect("nobody panics here"),
            [Observation::HashingRefused, Observation::Hashed { waited: second, worked: second }]
        );
    }

    #[tokio::test]
    async fn a_panic_is_a_fault_and_gives_its_place_back() {
        let pool = one_thread(0);
        let lost = pool.run(|| panic!("on purpose")).await;
        assert!(matches!(lost, Err(Fault::Internal(_))));
        while pool.pending.load(Ordering::Relaxed) > 0 {
            yield_now().await;
        }
        assert_eq!(pool.run(|| 1).await.expect("the thread lives on"), 1);
    }

    #[tokio::test]
    async fn a_caller_that_left_before_its_turn_costs_nothing() {
        let pool = one_thread(1);
        let (release, gate) = mpsc::channel::<()>();
        let working = send(&pool, 1, move || gate.recv().is_ok()).await;
        let (ran, did_run) = mpsc::channel();
        let left = send(&pool, 2, move || ran.send(())).await;
        left.abort();
        assert!(left.await.is_err_and(|e| e.is_cancelled()));
        release.send(()).expect("the job waits");
        assert!(working.await.expect("it ran").is_ok());
        // The job was dropped unrun, and its sender with it.
        assert!(did_run.recv().is_err());
    }
}
