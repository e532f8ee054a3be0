//! A queue for each count: of all who wait for an attempt in flight, one asks the store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_lock::{Mutex as AsyncMutex, MutexGuardArc};

use crate::store::ThrottleKey;

/// How many may wait for one count; beyond, they are refused.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<ThrottleKey, Queue>>>);

#[derive(Debug, Default)]
struct Queue {
    waiting: usize,
    turn: Arc<AsyncMutex<()>>,
    given_up: Arc<AtomicBool>,
}

/// The one whose turn it is to ask.
pub(super) struct Turn {
    // Dropped in this order: the next is let in, and then there is one less.
    _turn: MutexGuardArc<()>,
    place: Place,
}

/// A place in the queue of one count.
struct Place {
    queues: Arc<Mutex<HashMap<ThrottleKey, Queue>>>,
    key: ThrottleKey,
    given_up: Arc<AtomicBool>,
}

impl Turns {
    /// Waits for one's turn; `None` where too many wait, or someone before has given up.
    pub(super) async fn take(&self, key: ThrottleKey) -> Option<Turn> {
        let (place, turn) = {
            let mut queues = lock(&self.0);
            let queue = queues.entry(key).or_default();
            if queue.waiting >= MOST || queue.given_up.load(Ordering::Relaxed) {
                return None;
            }
            queue.waiting += 1;
            let given_up = Arc::clone(&queue.given_up);
            (Place { queues: Arc::clone(&self.0), key, given_up }, Arc::clone(&queue.turn))
        };
        let turn = turn.lock_arc().await;
        (!place.given_up.load(Ordering::Relaxed)).then_some(Turn { _turn: turn, place })
    }
}

impl Turn {
    /// Nothing is to be had by waiting: whoever stands behind need not try.
    pub(super) fn give_up(self) {
        self.place.given_up.store(true, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = lock(&self.queues);
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.waiting -= 1;
            if queue.waiting == 0 {
                queues.remove(&self.key);
            }
        }
    }
}

fn lock(queues: &Mutex<HashMap<ThrottleKey, Queue>>) -> MutexGuard<'_, HashMap<ThrottleKey, Queue>> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const KEY: ThrottleKey = ThrottleKey { account: [1; 32], device: [0; 16] };

    #[tokio::test]
    async fn one_at_a_time_has_the_turn_and_nothing_stays_behind() {
        let turns = Turns::default();
        let first = turns.take(KEY).await.expect("nobody waits");
        let mut second = Box::pin(turns.take(KEY));
        assert!(tokio::time::timeout(Duration::ZERO, &mut second).await.is_err());
        let other = ThrottleKey { account: [2; 32], device: [0; 16] };
        drop(turns.take(other).await.expect("another count has another queue"));
        drop(first);
        drop(second.await.expect("it is its turn"));
        assert!(lock(&turns.0).is_empty());
    }

    #[tokio::test]
    async fn when_one_gives_up_all_behind_do() {
        let turns = Turns::default();
        let first = turns.take(KEY).await.expect("nobody waits");
        let mut second = Box::pin(turns.take(KEY));
        assert!(tokio::time::timeout(Duration::ZERO, &mut second).await.is_err());
        first.give_up();
        assert!(turns.take(KEY).await.is_none());
        assert!(second.await.is_none());
        assert!(turns.take(KEY).await.is_some(), "whoever comes later tries again");
    }

    #[tokio::test]
    async fn a_crowd_is_refused_and_one_who_leaves_makes_room() {
        let turns = Turns::default();
        let first = turns.take(KEY).await.expect("nobody waits");
        let mut waiting: Vec<_> = (1..MOST).map(|_| Box::pin(turns.take(KEY))).collect();
        for one in &mut waiting {
            assert!(tokio::time::timeout(Duration::ZERO, one).await.is_err());
        }
        assert!(turns.take(KEY).await.is_none());
        waiting.pop();
        let mut next = Box::pin(turns.take(KEY));
        assert!(tokio::time::timeout(Duration::ZERO, &mut next).await.is_err(), "it waits");
        drop((first, waiting));
        assert!(next.await.is_some());
        assert!(lock(&turns.0).is_empty());
    }
}
