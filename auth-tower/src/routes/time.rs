//! Times on the wire: RFC 3339, in UTC, to the millisecond.

use auth_core::Timestamp;
use time::OffsetDateTime;

/// The first and the last millisecond that four digits of a year can name.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// The time as RFC 3339 spells it; one that it cannot name as the nearest that it can.
pub(super) fn text(time: Timestamp) -> String {
    let millis = time.millis().clamp(FIRST, LAST);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .expect("the years 0 to 9999 are within its range");
    let (year, month, day) = moment.to_calendar_date();
    let month = u8::from(month);
    let (hour, minute, second, milli) = moment.to_hms_milli();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_spelt_in_one_way() {
        for (millis, spelt) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
            (1_795_379_640_123, "2026-11-22T20:34:00.123Z"),
            (LAST, "9999-12-31T23:59:59.999Z"),
            (LAST + 1, "9999-12-31T23:59:59.999Z"),
            (i64::MAX, "9999-12-31T23:59:59.999Z"),
            (FIRST, "0000-01-01T00:00:00.000Z"),
            (FIRST - 1, "0000-01-01T00:00:00.000Z"),
            (i64::MIN, "0000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(text(Timestamp::from_millis(millis)), spelt);
        }
    }

    proptest! {
        #[test]
        fn later_times_sort_after_earlier_ones(one in any::<i64>(), other in any::<i64>()) {
            let spelt = |millis| text(Timestamp::from_millis(millis));
            prop_assert_eq!(spelt(one).len(), "2026-11-22T20:34:00.123Z".len());
            if one < other {
                prop_assert!(spelt(one) <= spelt(other));
            }
        }
    }
}
