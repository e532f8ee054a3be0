//! Times in the forms that databases and Prisma write.

use std::time::Duration;

use auth_core::Timestamp;

/// 2000-01-01 and 2100-01-01, in seconds: between them a number is seconds, and between them times
/// a thousand, milliseconds. No number is both.
const SINCE: i64 = 946_684_800;
const UNTIL: i64 = 4_102_444_800;

/// Milliseconds or seconds since the epoch, if it can be told which.
pub(super) fn of_number(number: i64) -> Option<Timestamp> {
    let seconds = SINCE..UNTIL;
    if seconds.contains(&number) {
        return Some(Timestamp::from_millis(number * 1_000));
    }
    seconds.contains(&number.div_euclid(1_000)).then(|| Timestamp::from_millis(number))
}

/// `2024-05-01T12:34:56.789Z`, with any offset; `2024-05-01 12:34:56.789+00` as Postgres writes
/// it, which is UTC where no offset is given, as Prisma means it; or a number.
pub(super) fn of_text(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_number(text.parse().ok()?);
    }
    let at = text.get("2024-05-01T12:34:56".len()..)?.find(['Z', 'z', '+', '-', ' ']);
    let (local, zone) = text.split_at(at.map_or(text.len(), |at| "2024-05-01T12:34:56".len() + at));
    let offset = offset(zone.strip_prefix(' ').unwrap_or(zone))?;
    // Further digits would be lost, and a time that has them is none that a database wrote.
    if local.len() > "2024-05-01T12:34:56.123456789".len() || local.ends_with('.') {
        return None;
    }
    let time = humantime::parse_rfc3339_weak(&local.replace('t', "T")).ok()?;
    let offset_span = Duration::from_secs(offset.unsigned_abs() * 60);
    let utc = Timestamp::from(time);
    Some(if offset >= 0 { utc - offset_span } else { utc + offset_span })
}

/// The minutes that a zone lies ahead of UTC: of `Z`, `UTC`, `+02`, `+0200`, `-05:30`, or nothing.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z" | "UTC") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match (digits.len(), digits.split_once(':')) {
        (5, Some((hours, minutes))) => (hours, minutes),
        (4, None) => digits.split_at(2),
        (2, None) => (digits, "00"),
        _ => return None,
    };
    let number = |text: &str| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 15 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_time_is_understood_in_every_usual_form() {
        for text in [
            "2024-05-01T12:34:56.789Z",
            "2024-05-01t12:34:56.789z",
            "2024-05-01T14:34:56.789+02:00",
            "2024-05-01 12:34:56.789",
            "2024-05-01 12:34:56.789+00",
            "2024-05-01 12:34:56.789000+00",
            "2024-05-01 12:34:56.789 UTC",
            "2024-05-01 07:04:56.789-0530",
            "1714566896789",
        ] {
            assert_eq!(of_text(text), Some(Timestamp::from_millis(1_714_566_896_789)), "{text}");
        }
        assert_eq!(of_text("1714566896"), Some(Timestamp::from_millis(1_714_566_896_000)));
        assert_eq!(of_text("2024-05-01 12:34:56"), Some(Timestamp::from_millis(1_714_566_896_000)));
    }

    #[test]
    fn what_is_not_clear_is_no_time() {
        for text in [
            "",
            "today",
            "2024-05-01",
            "01/05/2024 12:34:56",
            "2024-13-01 12:34:56",
            "2024-02-30 12:34:56",
            "2024-05-01 12:34:56.",
            "2024-05-01 12:34:56.7.8",
            "2024-05-01 12:34:56+2",
            "2024-05-01 12:34:56+99:00",
            "2024-05-01 12:34:56++2:00",
            "2024-05-01 12:34:56 CEST",
            "20240501",
            "17145668967890",
            "99999999999999999999",
            "2024-05-01T12:34:5\u{660}",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
        for number in [0, -1, 20_240_501, i64::MAX, i64::MIN] {
            assert_eq!(of_number(number), None, "{number}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in prop_oneof![any::<String>(), "[0-9TZ:. +-]{0,40}"]) {
            let _ = of_text(&text);
        }

        #[test]
        fn what_humantime_writes_is_read_again(millis in 0..4_102_444_800_000_i64) {
            let time = std::time::UNIX_EPOCH + Duration::from_millis(millis.unsigned_abs());
            let text = humantime::format_rfc3339_millis(time).to_string();
            prop_assert_eq!(of_text(&text), Some(Timestamp::from_millis(millis)));
        }
    }
}
