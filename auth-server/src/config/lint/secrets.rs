//! Secrets that are strong, each for itself, and are not secret enough together.

use auth_core::SigningSecret;
use secrecy::{ExposeSecret, SecretString};

use super::super::reader::Reader;
use super::{Finding, mistake, warning};
use crate::config::Config;

const OF_ITS_OWN: &str = "give it a value of its own: put the output of `openssl rand -base64 48` into it";

/// The variable that a secret belongs to, and its value.
type Named<'a> = (&'static str, &'a str);

/// Applies the rules of this file.
pub(super) fn all(reader: &Reader<'_>, config: &Config) -> Vec<Finding> {
    let token: Option<SecretString> = reader.glimpse("BOOTSTRAP_TOKEN");
    let token = token.as_ref().map(|token| ("BOOTSTRAP_TOKEN", token.expose_secret()));
    let keys: Vec<_> = config.keys.given().collect();
    let named: Vec<_> = keys.iter().copied().chain(token).collect();
    let mut findings = twins(&named);
    findings.extend(inside(config.database.expose(), &named));
    findings.extend(keys.iter().filter_map(|key| words(*key)));
    findings.extend(keys.iter().filter_map(|key| comma(*key)));
    findings
}

/// Whoever learns one of two that are equal knows the other.
fn twins(named: &[Named<'_>]) -> Vec<Finding> {
    let twin_of = |at: usize| named[..at].iter().find(|(_, before)| *before == named[at].1);
    let found = (0..named.len()).filter_map(|at| Some((named[at].0, twin_of(at)?.0)));
    found.map(|(name, other)| tell_twins(name, other)).collect()
}

fn tell_twins(name: &str, other: &str) -> Finding {
    if name == other {
        return mistake(name, "has the same secret twice", "write it once");
    }
    let is_replaced = name.strip_suffix("_PREVIOUS") == Some(other);
    let remedy = if is_replaced {
        format!("put a new secret into {other}, or leave {name} out")
    } else {
        OF_ITS_OWN.to_owned()
    };
    mistake(name, format!("is the same as {other}"), remedy)
}

/// The address of a database is shown to more people than a key is.
fn inside(database: &str, named: &[Named<'_>]) -> Vec<Finding> {
    let found = named.iter().filter(|(_, secret)| secret.len() >= 8 && holds(database, secret));
    let tell = |(name, _): &Named<'_>| {
        let remedy = "give the database a password that is used for nothing else";
        mistake("DATABASE_URL", format!("has the value of {name} in it"), remedy)
    };
    found.map(tell).collect()
}

/// Whether a URL holds a text, percent-encoded or not.
fn holds(url: &str, text: &str) -> bool {
    (0..url.len()).any(|at| begins_with(&url.as_bytes()[at..], text.as_bytes()))
}

fn begins_with(mut url: &[u8], text: &[u8]) -> bool {
    text.iter().all(|expected| {
        let (byte, rest) = match url {
            [b'%', high, low, rest @ ..] if decoded(*high, *low).is_some() => (decoded(*high, *low), rest),
            [byte, rest @ ..] => (Some(*byte), rest),
            [] => (None, url),
        };
        url = rest;
        byte == Some(*expected)
    })
}

fn decoded(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Whoever holds one token can try keys against it for as long as they like; words are tried first.
fn words((name, secret): Named<'_>) -> Option<Finding> {
    // One that is refused has been told already.
    let is_taken = SigningSecret::parse(secret.as_bytes()).is_ok();
    (is_taken && is_made_of_words(secret)).then(|| {
        warning(format!(
            "{name} reads like words: whoever holds a single token can try phrases until one fits, and then sign as anyone; put the output of `openssl rand -base64 48` into it"
        ))
    })
}

/// Whether two thirds of a text are words: three to fourteen letters, in small or in capitals, or
/// with one capital in front, perhaps with a number behind. Of a random text next to nothing is.
fn is_made_of_words(text: &str) -> bool {
    let parts = text.split(|char: char| !char.is_alphanumeric());
    let parts = parts.map(|part| part.trim_end_matches(char::is_numeric));
    let lengths: Vec<_> = parts.flat_map(humps).filter(|word| is_word(word)).map(str::len).collect();
    lengths.len() >= 3 && lengths.iter().sum::<usize>() * 3 >= text.len() * 2
}

/// The parts of `camelCase`.
fn humps(text: &str) -> impl Iterator<Item = &str> {
    let follows = text.chars().skip(1).map(char::is_uppercase);
    let turns = text.char_indices().zip(follows).filter(|((_, char), next)| char.is_lowercase() && *next);
    let ends = turns.map(|((at, char), _)| at + char.len_utf8()).chain([text.len()]);
    ends.scan(0, |begin, end| Some(&text[std::mem::replace(begin, end)..end]))
}

fn is_word(text: &str) -> bool {
    let mut tail = text.chars().skip(1);
    let is_small = tail.clone().all(char::is_lowercase);
    (3..=14).contains(&text.chars().count())
        && text.starts_with(char::is_alphabetic)
        && (is_small || text.starts_with(char::is_uppercase) && tail.all(char::is_uppercase))
}

/// A list of previous secrets has commas between them.
fn comma((name, secret): Named<'_>) -> Option<Finding> {
    // In a list there is none left.
    secret.contains(',').then(|| {
        warning(format!(
            "{name} has a comma in it: once it is replaced, {name}_PREVIOUS would take it for two, and everybody is logged out; put the output of `openssl rand -base64 48` into it"
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Notice;

    const ONE: &str = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa";
    const TWO: &str = "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM";

    fn told(findings: Vec<Finding>) -> Vec<String> {
        let text = |finding| match finding {
            Finding::Mistake(mistake) => mistake.to_string(),
            Finding::Notice(Notice::Note(text) | Notice::Warning(text)) => text,
        };
        findings.into_iter().map(text).collect()
    }

    #[test]
    fn equal_secrets_are_told_whatever_they_are_for() {
        const A: &str = "JWT_ACCESS_SECRET";
        const A_OLD: &str = "JWT_ACCESS_SECRET_PREVIOUS";
        const R: &str = "JWT_REFRESH_SECRET";
        const R_OLD: &str = "JWT_REFRESH_SECRET_PREVIOUS";
        for (named, expected) in [
            (&[(A, ONE), (R, TWO)][..], None),
            (&[(A, ONE), (R, ONE)], Some("JWT_REFRESH_SECRET is the same as JWT_ACCESS_SECRET; give it")),
            (
                &[(A, ONE), (A_OLD, ONE)],
                Some("JWT_ACCESS_SECRET_PREVIOUS is the same as JWT_ACCESS_SECRET; put a new"),
            ),
            (
                &[(A, ONE), (R_OLD, ONE)],
                Some("JWT_REFRESH_SECRET_PREVIOUS is the same as JWT_ACCESS_SECRET; give"),
            ),
            (
                &[(A_OLD, ONE), (R, ONE)],
                Some("JWT_REFRESH_SECRET is the same as JWT_ACCESS_SECRET_PREVIOUS; give"),
            ),
            (&[(A_OLD, TWO), (A_OLD, TWO)], Some("JWT_ACCESS_SECRET_PREVIOUS has the same secret twice")),
            (
                &[(R, ONE), ("BOOTSTRAP_TOKEN", ONE)],
                Some("BOOTSTRAP_TOKEN is the same as JWT_REFRESH_SECRET"),
            ),
        ] {
            let told = told(twins(named));
            assert_eq!(told.len(), usize::from(expected.is_some()), "{named:?}: {told:?}");
            if let Some(expected) = expected {
                assert!(told[0].starts_with(expected), "{told:?}");
            }
            assert!(!told.concat().contains(ONE) && !told.concat().contains(TWO), "{told:?}");
        }
    }

    #[test]
    fn a_secret_in_the_address_of_the_database_is_told_however_it_is_encoded() {
        let secret = "a/b+c=d/Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6";
        let named = [("JWT_ACCESS_SECRET", secret)];
        for (url, fires) in [
            (format!("postgres://auth:{secret}@db/auth"), true),
            (format!("postgres://auth:{}@db/auth", secret.replace('/', "%2F").replace('+', "%2b")), true),
            ("postgres://auth:another@db/auth".to_owned(), false),
            ("postgres://auth:%2@db/auth?%".to_owned(), false),
            (format!("postgres://auth:{}@db/auth", &secret[..31]), false),
        ] {
            assert_eq!(!inside(&url, &named).is_empty(), fires, "{url}");
        }
    }

    #[test]
    fn words_are_told_and_keys_are_not() {
        for text in [
            "correct horse battery staple and more",
            "Our-Company-Signs-Its-Tokens-2026",
            "ThisIsTheKeyOfTheAuthServerOfMyCompany",
            "WINTER_IS_COMING_AND_NOBODY_IS_READY!",
        ] {
            assert!(is_made_of_words(text), "{text}");
        }
        for text in [ONE, TWO, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "", "ß"] {
            assert!(!is_made_of_words(text), "{text}");
        }
    }

    #[test]
    fn words_are_told_where_nothing_worse_is() {
        let told = |text| words(("JWT_ACCESS_SECRET", text)).is_some();
        assert!(told("correct horse battery staple and more"));
        assert!(!told("correct horse battery"));
        assert!(!told("please change me, please change me soon"));
        assert!(!told(ONE));
    }

    #[test]
    fn a_comma_is_told() {
        assert!(comma(("JWT_ACCESS_SECRET", "Vx8Qm2Lr5Tn9Kc3H,7Bw1Zs6Yj4Gf0Pa")).is_some());
        assert!(comma(("JWT_ACCESS_SECRET", ONE)).is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(url in "\\PC{0,60}", text in "\\PC{0,60}") {
            let _holds = holds(&url, &text);
            let _words = is_made_of_words(&text);
        }

        #[test]
        fn a_random_key_never_reads_like_words(base64 in "[A-Za-z0-9+/]{43}", hex in "[0-9a-f]{64}", small in "[a-z0-9]{32}") {
            for text in [base64, hex, small] {
                prop_assert!(!is_made_of_words(&text), "{text}");
            }
        }
    }
}
