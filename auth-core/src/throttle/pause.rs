//! Waiting for a moment.

use std::time::Duration;

use futures_timer::Delay;

/// Waits for `span`; under a scheduler that has no time, for what the test says instead.
pub(super) async fn pause(span: Duration) {
    #[cfg(test)]
    if super::schedules::pause_instead().await {
        return;
    }
    Delay::new(span).await;
}
