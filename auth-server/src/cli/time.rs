//! Times as people and programs read them.

use std::time::{Duration, UNIX_EPOCH};

use auth_core::Timestamp;

/// The latest time that has four digits for its year.
const LATEST: i64 = 253_402_300_799_999;

/// RFC 3339 in UTC, to the millisecond. What lies before 1970 or after 9999, which only a corrupt
/// row can, is shown as the end that it lies beyond.
pub(super) fn rfc3339(time: Timestamp) -> String {
    let millis = time.millis().clamp(0, LATEST).unsigned_abs();
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_a_text() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_305_600_123, "2026-11-22T00:00:00.123Z"),
            (i64::MIN, "1970-01-01T00:00:00.000Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(rfc3339(Timestamp::from_millis(millis)), text);
        }
    }
}
