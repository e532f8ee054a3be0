//! Where a request stands in a chain of calls: W3C Trace Context, Level 2.
//!
//! It comes from outside, so what is not well formed is as good as not there, and nothing of it is
//! repaired. See <https://www.w3.org/TR/trace-context-2/>.

use std::fmt;

use http::{HeaderMap, HeaderValue};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The most members of a `tracestate` (§3.3.1.1).
const MOST_MEMBERS: usize = 32;

/// The call that a request is a part of, as whoever sent it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The whole chain of calls.
    pub trace: TraceId,
    /// The span of the caller, never all zero.
    pub parent: [u8; 8],
    /// Whether the caller may have recorded its own span.
    pub sampled: bool,
    /// What the systems on the way have added, `key=value` with commas between them; mostly empty.
    pub state: String,
}

/// The id of a trace: 16 bytes, never all zero, written as 32 hexadecimal digits.
///
/// ```
/// use auth_server::trace::TraceId;
///
/// assert_eq!(TraceId([0xab; 16]).to_string(), "ab".repeat(16));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId(pub [u8; 16]);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TraceContext {
    /// What `traceparent` and `tracestate` say; nothing where the former is missing, malformed, or
    /// there twice. A `tracestate` that is malformed is left out (§3.3.1.5).
    ///
    /// ```
    /// use auth_server::trace::TraceContext;
    /// use http::HeaderMap;
    ///
    /// let mut headers = HeaderMap::new();
    /// let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// headers.insert("traceparent", text.parse()?);
    /// let context = TraceContext::of(&headers).expect("it is well formed");
    /// assert_eq!(context.trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
    /// # Ok::<(), http::header::InvalidHeaderValue>(())
    /// ```
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut fields = headers.get_all(TRACEPARENT).iter();
        let (Some(field), None) = (fields.next(), fields.next()) else { return None };
        let (trace, parent, sampled) = traceparent(spaceless(field.as_bytes()))?;
        let state = tracestate(headers.get_all(TRACESTATE).iter()).unwrap_or_default();
        Some(Self { trace, parent, sampled, state })
    }
}

/// `version-trace-parent-flags`, each in lower-case hexadecimal digits. A version of the future may
/// have more behind the flags, after another dash (§4).
fn traceparent(text: &[u8]) -> Option<(TraceId, [u8; 8], bool)> {
    let (head, rest) = text.split_at_checked(55)?;
    if [head[2], head[35], head[52]] != *b"---" {
        return None;
    }
    let [version] = hex(&head[..2])?;
    match version {
        0xff => return None,
        0 if !rest.is_empty() => return None,
        _ if !rest.is_empty() && rest[0] != b'-' => return None,
        _ => {}
    }
    let trace: [u8; 16] = hex(&head[3..35])?;
    let parent: [u8; 8] = hex(&head[36..52])?;
    let [flags] = hex(&head[53..])?;
    (trace != [0; 16] && parent != [0; 8]).then_some((TraceId(trace), parent, flags & 1 == 1))
}

/// As many bytes as asked for, of twice as many digits.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    if pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// Upper case is malformed here.
fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The members of all the fields, as one list; nothing where any of them is malformed.
fn tracestate<'a>(fields: impl Iterator<Item = &'a HeaderValue>) -> Option<String> {
    let mut state = String::new();
    let members = fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let members = members.map(spaceless).filter(|member| !member.is_empty());
    for (nth, member) in members.enumerate() {
        let equals = member.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (&member[..equals], &member[equals + 1..]);
        if nth == MOST_MEMBERS || !is_key(key) || !is_value(value) {
            return None;
        }
        if nth > 0 {
            state.push(',');
        }
        state.push_str(str::from_utf8(member).ok()?);
    }
    Some(state)
}

/// §3.3.1.3.1
fn is_key(key: &[u8]) -> bool {
    let may_begin = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let may_follow = |byte: &u8| may_begin(byte) || b"_-*/@".contains(byte);
    key.len() <= 256 && key.first().is_some_and(may_begin) && key.iter().all(may_follow)
}

/// §3.3.1.3.2; a space at the end has been taken off.
fn is_value(value: &[u8]) -> bool {
    let fits = |byte: &u8| matches!(byte, b' '..=b'~') && !b",=".contains(byte);
    (1..=256).contains(&value.len()) && value.iter().all(fits)
}

/// Without the optional space around a field's value, or around a member of a list.
fn spaceless(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let from = text.iter().position(|byte| !is_space(byte)).unwrap_or(text.len());
    let to = text.iter().rposition(|byte| !is_space(byte)).map_or(from, |last| last + 1);
    &text[from..to]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).expect("header text");
        let mut headers = HeaderMap::new();
        for (name, text) in fields {
            headers.append(*name, value(text));
        }
        headers
    }

    fn of(traceparent: &str) -> Option<TraceContext> {
        TraceContext::of(&headers(&[("traceparent", traceparent)]))
    }

    fn state(fields: &[&str]) -> String {
        let mut all = vec![("traceparent", GOOD)];
        all.extend(fields.iter().map(|field| ("tracestate", *field)));
        TraceContext::of(&headers(&all)).expect("the parent is well formed").state
    }

    #[test]
    fn a_well_formed_parent_is_taken() {
        for (text, sampled) in [
            (GOOD.to_owned(), true),
            (format!(" \t{GOOD}\t "), true),
            (GOOD.replace("-01", "-00"), false),
            // Flags that nobody has defined yet are not looked at.
            (GOOD.replace("-01", "-fe"), false),
            (GOOD.replace("-01", "-03"), true),
            // A version of the future begins like this one.
            (GOOD.replacen("00", "01", 1), true),
            (format!("{}-", GOOD.replacen("00", "cc", 1)), true),
            (format!("{}-what-the-future-will-be-like", GOOD.replacen("00", "cc", 1)), true),
        ] {
            let context = of(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(context.trace.to_string(), "0af7651916cd43dd8448eb211c80319c", "{text}");
            assert_eq!(context.parent, 0xb7ad_6b71_6920_3331_u64.to_be_bytes(), "{text}");
            assert_eq!((context.sampled, context.state.as_str()), (sampled, ""), "{text}");
        }
    }

    /// Those of the specification's own tests, in their order.
    #[test]
    fn a_malformed_parent_is_not_there() {
        let with = |from: &str, to: &str| GOOD.replacen(from, to, 1);
        for text in [
            String::new(),
            "foo".to_owned(),
            with("00-", "ff-"),
            with("00-", ".0-"),
            with("00-", "0.-"),
            with("00-", "0-"),
            with("00-", "000-"),
            with("00-", "FE-"),
            with("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            with("0af", ".af"),
            with("0af", "0AF"),
            with("0af7", "af7"),
            with("0af7", "00af7"),
            with("b7ad6b7169203331", &"0".repeat(16)),
            with("b7", ".7"),
            with("b7", "B7"),
            with("b7ad", "7ad"),
            with("b7ad", "0b7ad"),
            with("-01", "-.0"),
            with("-01", "-0."),
            with("-01", "-0A"),
            with("-01", "-1"),
            with("-01", "-001"),
            with("-01", ""),
            GOOD.replace('-', "_"),
            format!("{GOOD}-"),
            format!("{GOOD}-what-the-future-will-be-like"),
            format!("{GOOD}.what-the-future-will-be-like"),
            format!("{}.what-the-future-will-be-like", with("00-", "cc-")),
            format!("{GOOD},{GOOD}"),
            with("0af7651916cd43dd8448eb211c80319c", "äf7651916cd43dd8448eb211c80319c"),
        ] {
            assert_eq!(of(&text), None, "{text}");
        }
        assert_eq!(TraceContext::of(&HeaderMap::new()), None);
        let twice = headers(&[("traceparent", GOOD), ("traceparent", GOOD)]);
        assert_eq!(TraceContext::of(&twice), None, "which of the two is nobody's to choose");
        let alone = headers(&[("tracestate", "foo=1")]);
        assert_eq!(TraceContext::of(&alone), None);
    }

    #[test]
    fn a_well_formed_state_is_taken() {
        let longest = format!("{}={}", "z".repeat(256), "v".repeat(256));
        let most: Vec<_> = (0..32).map(|nth| format!("bar{nth:02}={nth}")).collect();
        for (fields, taken) in [
            (&[][..], ""),
            (&[""], ""),
            (&["foo=1"], "foo=1"),
            (&["foo=1,bar=2"], "foo=1,bar=2"),
            (&["foo=1", "bar=2"], "foo=1,bar=2"),
            (&["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
            (&["foo=1,", "", ",, bar=2"], "foo=1,bar=2"),
            (&["t61rcwkgmze@0a-b*c/d_e=a b:c;!~"], "t61rcwkgmze@0a-b*c/d_e=a b:c;!~"),
            (&["0=x"], "0=x"),
            (&[&longest], &longest),
            (&[&most.join(",")], &most.join(",")),
        ] {
            assert_eq!(state(fields), taken);
        }
    }

    #[test]
    fn a_malformed_state_is_left_out_as_a_whole() {
        let (long_key, long_value) = (format!("{}=1", "z".repeat(257)), format!("z={}", "v".repeat(257)));
        let many: Vec<_> = (0..33).map(|nth| format!("bar{nth:02}={nth}")).collect();
        for field in [
            "foo",
            "foo=",
            "=1",
            "foo =1",
            "FOO=1",
            "foo.bar=1",
            "@foo=1",
            "_foo=1",
            "foo=bar=baz",
            "foo=\u{e4}",
            "foo=1\tx",
            "foo@=1,bar",
            &long_key,
            &long_value,
            &many.join(","),
        ] {
            assert_eq!(state(&[field]), "", "{field}");
            assert_eq!(state(&["good=1", field]), "", "{field}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(
            parent in prop::collection::vec(0x20_u8..0xff, 0..80),
            near in "[0f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.{0,3})?",
            state in "([a-z@]{0,3}[=, \t]?){0,40}",
        ) {
            for parent in [parent, near.into_bytes()] {
                let mut headers = HeaderMap::new();
                let Ok(parent) = HeaderValue::from_bytes(&parent) else { continue };
                headers.insert(TRACEPARENT, parent);
                headers.insert(TRACESTATE, HeaderValue::from_str(&state).expect("header text"));
                let _either = TraceContext::of(&headers);
            }
        }
    }
}
