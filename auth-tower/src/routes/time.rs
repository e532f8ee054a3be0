//! Times on the wire: RFC 3339, in UTC, to the millisecond.

use auth_core::Timestamp;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

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

/// The time that a text spells as [`text`] does, with or without its milliseconds.
pub(super) fn parse(spelt: &str) -> Option<Timestamp> {
    let read = |from: usize, to: usize| {
        let digits = spelt.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse::<u16>().ok()
    };
    let small = |from: usize| read(from, from + 2).and_then(|number| u8::try_from(number).ok());
    let month = Month::try_from(small(5)?).ok()?;
    let date = Date::from_calendar_date(read(0, 4)?.into(), month, small(8)?).ok()?;
    let milli = if spelt.len() == "2026-11-26T09:30:00.000Z".len() { read(20, 23)? } else { 0 };
    let clock = Time::from_hms_milli(small(11)?, small(14)?, small(17)?, milli).ok()?;
    let nanos = PrimitiveDateTime::new(date, clock).assume_utc().unix_timestamp_nanos();
    let time = Timestamp::from_millis(i64::try_from(nanos / 1_000_000).ok()?);
    let whole = text(time);
    let short = format!("{}Z", &whole[..19]);
    (whole == spelt || short == spelt).then_some(time)
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

    #[test]
    fn a_time_is_read_in_the_one_way_it_is_spelt() {
        assert_eq!(parse("1970-01-01T00:00:01Z"), Some(Timestamp::from_millis(1_000)));
        assert_eq!(parse("2000-02-29T00:00:00.007Z"), Some(Timestamp::from_millis(951_782_400_007)));
        for bad in [
            "",
            "2026-11-26",
            "2026-11-26T09:30:00",
            "2026-11-26t09:30:00z",
            "2026-11-26 09:30:00Z",
            "2026-11-26T09:30:00+00:00",
            "2026-13-26T09:30:00Z",
            "2026-02-30T09:30:00Z",
            "2026-11-26T24:00:00Z",
            "2026-11-26T09:30:60Z",
            "2026-11-26T09:30:00.7Z",
            "+026-11-26T09:30:00Z",
            "2026-11-26T09:30:00.000Zx",
            "ä026-11-26T09:30:00Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_spelt_is_read_again_and_nothing_makes_it_panic(millis in FIRST..=LAST, other in any::<String>()) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(parse(&text(time)), Some(time));
            let _ = parse(&other);
        }

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
