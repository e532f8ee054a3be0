//! From text to the small values of the configuration.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use auth_core::RevocationDelay;
use auth_sea_orm::Pooling;

/// Why a text does not fit: both halves of a sentence about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfit {
    /// Follows the quoted value: "which is not a number".
    pub(super) problem: &'static str,
    /// What to write instead.
    pub(super) remedy: String,
}

fn unfit(problem: &'static str, remedy: impl Into<String>) -> Unfit {
    Unfit { problem, remedy: remedy.into() }
}

pub(super) fn ip(text: &str) -> Result<IpAddr, Unfit> {
    let remedy =
        "write an address such as 127.0.0.1 (this machine only), 0.0.0.0 (all of IPv4) or :: (all of IPv6)";
    text.parse().map_err(|_| unfit("which is not an IP address", remedy))
}

pub(super) fn port(text: &str) -> Result<u16, Unfit> {
    text.parse().map_err(|_| unfit("which is not a port", "write a number from 0 (any free port) to 65535"))
}

pub(super) fn socket(text: &str) -> Result<SocketAddr, Unfit> {
    let remedy =
        "write both, such as 127.0.0.1:9464 (this machine only), 0.0.0.0:9464 (all of IPv4) or [::]:9464";
    text.parse().map_err(|_| unfit("which is not an IP address and a port", remedy))
}

/// A whole number from 1 to `most`.
pub(super) fn up_to(most: u32) -> impl Fn(&str) -> Result<u32, Unfit> {
    move |text| {
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| {
            unfit("which is not a number in its range", format!("write a whole number from 1 to {most}"))
        })
    }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, Unfit> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(unfit("which is neither true nor false", "write true or false")),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, Unfit> {
    let remedy = "write a number and a unit, such as 10s, 15m, 12h, 7d or 1h 30m";
    humantime::parse_duration(text).map_err(|_| {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            unfit("which has no unit", remedy)
        } else {
            unfit("which is not a duration", remedy)
        }
    })
}

/// Long enough to look into what happened, and not for ever: events hold addresses of people.
pub(super) fn retention(text: &str) -> Result<Duration, Unfit> {
    let span = duration(text)?;
    if (Duration::from_hours(24)..=Duration::from_hours(24 * 3_653)).contains(&span) {
        Ok(span)
    } else {
        Err(unfit("which is not in its range", "write a duration from 1day to ten years, such as 90d"))
    }
}

/// Long enough to read the feed three times within it, and no longer than a token can be good.
pub(super) fn revocation_delay(text: &str) -> Result<RevocationDelay, Unfit> {
    let remedy = "write off, 0, or a duration from 300ms to 1day, such as 5s";
    if text == "off" {
        return Ok(RevocationDelay::Off);
    }
    match duration(text) {
        Ok(span)
            if (Duration::from_millis(300)..=Duration::from_hours(24)).contains(&span) || span.is_zero() =>
        {
            Ok(RevocationDelay::Within(span))
        }
        Ok(_) => Err(unfit("which is not in its range", remedy)),
        Err(Unfit { problem, .. }) => Err(unfit(problem, remedy)),
    }
}

/// Often enough that a table does not fill up, and not without pause.
pub(super) fn sweep_interval(text: &str) -> Result<Duration, Unfit> {
    let span = duration(text)?;
    if (Duration::from_secs(1)..=Duration::from_hours(24)).contains(&span) {
        Ok(span)
    } else {
        Err(unfit("which is not in its range", "write a duration from 1s to 1day, such as 1h"))
    }
}

/// Often enough that every instance knows a key before it signs.
pub(super) fn keys_interval(text: &str) -> Result<Duration, Unfit> {
    let span = duration(text)?;
    if (Duration::from_millis(100)..=Duration::from_mins(5)).contains(&span) {
        Ok(span)
    } else {
        Err(unfit("which is not in its range", "write a duration from 100ms to 5m, such as 30s"))
    }
}

pub(super) fn pooling(text: &str) -> Result<Pooling, Unfit> {
    match text {
        "session" => Ok(Pooling::Session),
        "transaction" => Ok(Pooling::Transaction),
        _ => Err(unfit("which is no kind of pooling", "write session or transaction")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_a_unit_but_for_zero() {
        assert_eq!(duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert_eq!(duration("900").expect_err("no unit").problem, "which has no unit");
        for nonsense in ["", "soon", "-1s", "1.5.h", "99999999999999999999d", "15m!"] {
            assert!(duration(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_dial_is_off_at_once_or_a_while() {
        assert_eq!(revocation_delay("off"), Ok(RevocationDelay::Off));
        for (text, millis) in [("0", 0), ("0s", 0), ("300ms", 300), ("5s", 5_000), ("1day", 86_400_000)] {
            let delay = RevocationDelay::Within(Duration::from_millis(millis));
            assert_eq!(revocation_delay(text), Ok(delay), "{text}");
        }
        for (text, problem) in [
            ("5", "which has no unit"),
            ("299ms", "which is not in its range"),
            ("25h", "which is not in its range"),
            ("OFF", "which is not a duration"),
            ("on", "which is not a duration"),
        ] {
            let unfit = revocation_delay(text).expect_err(text);
            assert_eq!(
                (unfit.problem, unfit.remedy.starts_with("write off, 0, or")),
                (problem, true),
                "{text}"
            );
        }
    }

    #[test]
    fn events_are_kept_for_a_day_at_least() {
        assert_eq!(retention("1d"), Ok(Duration::from_hours(24)));
        for beyond in ["0", "23h", "11y", "for ever"] {
            assert!(retention(beyond).is_err(), "{beyond}");
        }
    }

    #[test]
    fn a_sweep_is_neither_rare_nor_restless() {
        assert_eq!(sweep_interval("30s"), Ok(Duration::from_secs(30)));
        for beyond in ["0", "999ms", "25h", "often"] {
            assert!(sweep_interval(beyond).is_err(), "{beyond}");
        }
    }

    #[test]
    fn keys_are_looked_for_often_enough() {
        assert_eq!(keys_interval("30s"), Ok(Duration::from_secs(30)));
        for beyond in ["0", "99ms", "6m", "often"] {
            assert!(keys_interval(beyond).is_err(), "{beyond}");
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        assert_eq!(up_to(10)("10"), Ok(10));
        for nonsense in ["0", "11", "-1", "1.0", "ten", "", "4294967296"] {
            assert!(up_to(10)(nonsense).is_err(), "{nonsense}");
        }
        assert_eq!(port("0"), Ok(0));
        assert_eq!(port("65535"), Ok(65_535));
        assert!(port("65536").is_err());
    }

    #[test]
    fn a_host_is_an_address_and_no_name() {
        assert!(ip("127.0.0.1").is_ok() && ip("::").is_ok());
        assert!(ip("localhost").is_err() && ip("[::1]").is_err() && ip("127.0.0.1:80").is_err());
    }

    #[test]
    fn a_socket_is_an_address_and_a_port() {
        assert!(socket("127.0.0.1:0").is_ok() && socket("[::]:9464").is_ok());
        for half in ["127.0.0.1", "9464", ":9464", "::9464", "localhost:9464", "http://127.0.0.1:9464"] {
            assert_eq!(socket(half).expect_err(half).problem, "which is not an IP address and a port");
        }
    }

    #[test]
    fn yes_is_spelled_true() {
        assert_eq!(yes_or_no("true"), Ok(true));
        assert_eq!(yes_or_no("false"), Ok(false));
        assert!(yes_or_no("TRUE").is_err() && yes_or_no("1").is_err() && yes_or_no("yes").is_err());
    }
}
