//! Bounded hashing: a few threads of their own and a short queue, free of any async runtime.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::clock::{Clock, Timestamp};
use crate::error::Fault;
use crate::observer::{Observation, Observer};

/// What spans for traces have as their target: those of this house, and nothing that a log would show.
const SPANS: &str = "auth::span";

/// Threads that run one job each.
#[derive(Debug)]
pub(super) struct Pool {
    threads: ThreadPool,
    jobs: Arc<Jobs>,
    limit: usize,
    stopwatch: Option<Stopwatch>,
}

/// A count of the jobs that run or wait, and what has not been told yet of those that are done.
///
/// While many wait, outcomes are told in groups: what their callers do next, they then do together, and a
/// store that answers many questions at once has many to answer. A group is as many as wait, within limits: so
/// an outcome waits for no longer than [`MOST`] jobs take, and behind a queue that takes as long.
struct Jobs {
    /// How many threads there are.
    threads: usize,
    pending: AtomicUsize,
    untold: Mutex<VecDeque<Outcome>>,
}

/// Tells the caller, who then goes on telling the others of the group.
type Outcome = Box<dyn FnOnce(Group) + Send>;

/// Outcomes that are told together, by the thread that computed the last of them and by whoever has been told.
///
/// Who wakes up takes the processor from that thread, which has the lower priority. Left to it alone, the others
/// would be told one by one, each when the one before has nothing to do.
#[derive(Clone)]
struct Group(Arc<Mutex<VecDeque<Outcome>>>);

/// How many jobs of each thread make a group, at least: where fewer wait than that, everyone is told at once.
const LEAST: usize = 4;

/// How many make one at most.
const MOST: usize = 16;

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
struct Place {
    jobs: Arc<Jobs>,
    outcome: Option<Outcome>,
}

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
        let threads = threads.get();
        Ok(Self {
            threads: pool,
            jobs: Arc::new(Jobs { threads, pending: AtomicUsize::default(), untold: Mutex::default() }),
            limit: threads.saturating_add(queue),
            stopwatch,
        })
    }

    /// No thread idles while a job waits, so how many work follows from how many there are.
    pub(super) fn health(&self) -> HashingHealth {
        let threads = self.jobs.threads;
        let pending = self.jobs.pending.load(Ordering::Relaxed);
        let working = pending.min(threads);
        HashingHealth { threads, working, waiting: pending - working, queue: self.limit - threads }
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
        let Some(mut place) = self.take_place() else {
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
            // The caller may have gone while the job ran; nobody is left to tell.
            place.outcome = outcome
                .map(|outcome| Box::new(move |group: Group| drop(answer.send((outcome, group)))) as Outcome);
            drop(place);
        });
        let (outcome, group) = result.await.map_err(|_| Fault::Internal("a hashing job was lost"))?;
        group.tell();
        Ok(outcome)
    }

    fn take_place(&self) -> Option<Place> {
        let room = |pending| (pending < self.limit).then_some(pending + 1);
        self.jobs.pending.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).ok()?;
        Some(Place { jobs: Arc::clone(&self.jobs), outcome: None })
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
        self.jobs.done(self.outcome.take()).tell();
    }
}

impl Group {
    fn tell(&self) {
        while let Some(tell) = self.next() {
            tell(self.clone());
        }
    }

    fn next(&self) -> Option<Outcome> {
        // Nothing panics while it is locked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Jobs {
    /// Takes note that a job is done, and returns what is to be told now.
    fn done(&self, outcome: Option<Outcome>) -> Group {
        // Nothing panics while it is locked.
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.extend(outcome);
        let pending = self.pending.fetch_sub(1, Ordering::Relaxed) - 1;
        let waiting = pending.saturating_sub(self.threads - 1);
        let group = waiting.clamp(self.threads * LEAST, self.threads * MOST);
        // One of those who wait will come by here.
        let kept = waiting >= group && untold.len() < group;
        Group(Arc::new(Mutex::new(if kept { VecDeque::new() } else { mem::take(&mut untold) })))
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").field("pending", &self.pending).finish_non_exhaustive()
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
        while pool.jobs.pending.load(Ordering::Relaxed) < nth {
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

    /// Sends jobs to one thread, of which the `nth` says that it has begun and does `what`, and those after
    /// it do `later`.
    async fn crowd(
        jobs: usize,
        nth: usize,
        what: impl FnOnce() + Send + 'static,
        later: fn(),
    ) -> (Vec<JoinHandle<Result<(), Fault>>>, mpsc::Receiver<()>) {
        let pool = one_thread(jobs);
        let (release, gate) = mpsc::channel::<()>();
        let (began, has_begun) = mpsc::channel();
        let mut sent = vec![send(&pool, 1, move || _ = gate.recv()).await];
        for earlier in 2..nth {
            sent.push(send(&pool, earlier, || ()).await);
        }
        let what = move || {
            began.send(()).expect("the test waits for it");
            what();
        };
        sent.push(send(&pool, nth, what).await);
        for more in nth + 1..=jobs {
            sent.push(send(&pool, more, later).await);
        }
        drop(release);
        (sent, has_begun)
    }

    async fn all_answered(sent: Vec<JoinHandle<Result<(), Fault>>>) {
        for job in sent {
            job.await.expect("it ran").expect("it answered");
        }
    }

    #[tokio::test]
    async fn while_many_wait_outcomes_are_told_in_groups_and_the_more_wait_the_larger() {
        // Of thirty, fifteen are told when fifteen wait.
        for (jobs, nth) in [(7, 4), (30, 15)] {
            let (release, gate) = mpsc::channel::<()>();
            let (sent, nth_has_begun) = crowd(jobs, nth, move || _ = gate.recv(), || ()).await;
            nth_has_begun.recv().expect("it begins");
            for _ in 0..100 {
                yield_now().await;
            }
            assert!(sent.iter().all(|job| !job.is_finished()), "{nth} of {jobs}: nobody has been told");
            drop(release);
            all_answered(sent).await;
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_longer_than_most_jobs_take() {
        let (release, gate) = mpsc::channel::<()>();
        let (mut sent, _has_begun) = crowd(8 * MOST, MOST + 1, move || _ = gate.recv(), || ()).await;
        let others = sent.split_off(MOST);
        all_answered(sent).await;
        drop(release);
        all_answered(others).await;
    }

    #[tokio::test]
    async fn who_has_gone_keeps_no_outcome_from_the_others_of_the_group() {
        let (release, gate) = mpsc::channel::<()>();
        let (mut sent, fourth_has_begun) = crowd(7, 4, move || _ = gate.recv(), || ()).await;
        fourth_has_begun.recv().expect("it begins");
        for gone in sent.drain(..2) {
            gone.abort();
        }
        drop(release);
        all_answered(sent).await;
    }

    #[tokio::test]
    async fn a_panic_keeps_no_outcome_from_those_before_it() {
        let panics = || panic!("on purpose");
        let (sent, _fourth_has_begun) = crowd(7, 4, panics, panics).await;
        for (nth, job) in sent.into_iter().enumerate() {
            assert_eq!(job.await.expect("the task goes on").is_ok(), nth < 3, "{nth}");
        }
    }

    #[tokio::test]
    async fn where_few_wait_nobody_waits_for_company() {
        let pool = one_thread(3);
        let (release_first, gate) = mpsc::channel::<()>();
        let first = send(&pool, 1, move || _ = gate.recv()).await;
        let (release_second, gate) = mpsc::channel::<()>();
        let second = send(&pool, 2, move || _ = gate.recv()).await;
        let others = [send(&pool, 3, || ()).await, send(&pool, 4, || ()).await];
        drop(release_first);
        first.await.expect("it ran").expect("it is told while the second runs");
        drop(release_second);
        for job in [second].into_iter().chain(others) {
            job.await.expect("it ran").expect("it answered");
        }
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
        while pool.jobs.pending.load(Ordering::Relaxed) > 0 {
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
