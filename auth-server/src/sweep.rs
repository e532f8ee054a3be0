//! The sweep: now and then, what is over for good is deleted: sessions whose longest lifetime has
//! passed, counts of wrong passwords that mean nothing any more, and old events.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// How many rows at a time, so that no statement holds its locks for long.
const BATCH: u32 = 1_000;

/// Sweeps at once, and then every so often, for as long as it is polled.
///
/// `sweep` deletes up to so many rows of each kind and says how many in all; a fault is logged, and the next turn
/// tries again. Several servers may sweep the same database.
pub async fn regularly<E: std::error::Error>(
    every: Duration,
    mut sweep: impl AsyncFnMut(u32) -> Result<u64, E>,
) -> Infallible {
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let mut deleted = 0;
        loop {
            match sweep(BATCH).await {
                Ok(some) => {
                    deleted += some;
                    if some < u64::from(BATCH) {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(
                        error = crate::causes::chain(&error),
                        "the sweep failed; it will be tried again the next time"
                    );
                    break;
                }
            }
        }
        if deleted > 0 {
            tracing::info!(deleted, "sessions, counts and events that were over for good were deleted");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io;

    use tokio::time::{Instant, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_goes_on_in_batches_and_after_a_fault() {
        let started = Instant::now();
        let calls = RefCell::new(Vec::new());
        let answers =
            RefCell::new(vec![Ok(1_000), Ok(1_000), Ok(7), Err(io::Error::other("down")), Ok(0)].into_iter());
        let sweep = async |limit| {
            assert_eq!(limit, 1_000);
            calls.borrow_mut().push(started.elapsed().as_secs() / 3_600);
            answers.borrow_mut().next().unwrap_or(Ok(0))
        };
        let over =
            timeout(Duration::from_secs(3 * 3_600 + 1), regularly(Duration::from_hours(1), sweep)).await;
        assert!(over.is_err(), "it never ends by itself");
        assert_eq!(*calls.borrow(), [0, 0, 0, 1, 2, 3]);
    }
}
