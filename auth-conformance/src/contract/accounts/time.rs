//! Times as the contract spells them: RFC 3339 in UTC, with milliseconds.

/// The milliseconds since 1970 of a time such as `2026-01-31T08:15:00.250Z`; `None` for any other
/// spelling, and for a date that no calendar has.
pub(super) fn millis(text: &str) -> Option<i64> {
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        19 => byte == b'.',
        23 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 24 || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let number = |from: usize, until: usize| text[from..until].parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = lengths.iter().take(usize::try_from(month - 1).ok()?);
    let length = lengths.get(usize::try_from(month - 1).ok()?)?;
    if !(1..=*length).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let days = 365 * (year - 1970) + leaps(year - 1) - leaps(1969) + before.sum::<i64>() + day - 1;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + number(20, 23)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_millisecond() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999),
            ("2026-01-31T08:15:00.250Z", 1_769_847_300_250),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn another_spelling_is_no_time() {
        for text in [
            "",
            "2026-01-31T08:15:00Z",
            "2026-01-31T08:15:00.25Z",
            "2026-01-31T08:15:00.250250Z",
            "2026-01-31T08:15:00.250+00:00",
            "2026-01-31t08:15:00.250z",
            "2026-01-31 08:15:00.250Z",
            "2026-02-29T08:15:00.250Z",
            "2026-13-01T08:15:00.250Z",
            "2026-00-01T08:15:00.250Z",
            "2026-01-00T08:15:00.250Z",
            "2026-01-31T24:00:00.000Z",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
