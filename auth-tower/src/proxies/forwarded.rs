//! `Forwarded` (RFC 7239): elements such as `for="[2001:db8::7]:4711";proto=https` with commas
//! between them.

use std::net::IpAddr;

use super::node;

/// Where the last element begins, and the address of its `for`, if it gives one.
///
/// Quoted strings are found from the right as well: read from the left, a quotation mark that a
/// client has sent would swallow what the proxy has added. A backslash could hide a mark from
/// whoever reads in one direction, and no address needs any, so an element with one gives none.
pub(super) fn last(line: &[u8]) -> (usize, Option<IpAddr>) {
    let mut quoted = false;
    let comma = line.iter().rposition(|&byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    });
    let start = comma.map_or(0, |comma| comma + 1);
    let element = &line[start..];
    let is_readable = !quoted && !element.contains(&b'\\');
    (start, if is_readable { origin(element) } else { None })
}

/// The address of the one `for` of an element.
fn origin(element: &[u8]) -> Option<IpAddr> {
    let mut quoted = false;
    let pairs = element.split(|&byte| {
        quoted ^= byte == b'"';
        byte == b';' && !quoted
    });
    let mut origins = pairs.filter_map(|pair| {
        let pair = pair.trim_ascii();
        let (name, value) = pair.split_at(pair.iter().position(|&byte| byte == b'=')?);
        name.eq_ignore_ascii_case(b"for").then(|| &value[1..])
    });
    let (only, None) = (origins.next()?, origins.next()) else { return None };
    let unquoted = only.strip_prefix(b"\"").map_or(Some(only), |rest| rest.strip_suffix(b"\""))?;
    node::address(unquoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (usize, Option<String>) {
        let (start, address) = last(line.as_bytes());
        (start, address.map(|address| address.to_string()))
    }

    #[test]
    fn the_for_of_an_element_is_read_in_all_its_forms() {
        for (line, address) in [
            ("for=192.0.2.7", "192.0.2.7"),
            ("For=192.0.2.7;Proto=https;by=203.0.113.43", "192.0.2.7"),
            ("proto=https; for=192.0.2.7", "192.0.2.7"),
            ("for=\"192.0.2.7\"", "192.0.2.7"),
            ("for=\"192.0.2.7:47011\"", "192.0.2.7"),
            ("for=\"192.0.2.7:_hidden\"", "192.0.2.7"),
            ("for=\"[2001:db8::7]\"", "2001:db8::7"),
            ("FOR=\"[2001:db8::7]:4711\";host=\"a,b;for=6.6.6.6\"", "2001:db8::7"),
        ] {
            assert_eq!(read(line), (0, Some(address.to_owned())), "{line}");
        }
    }

    #[test]
    fn what_gives_no_address_is_none() {
        for line in [
            "",
            "for=",
            "for",
            "for=unknown",
            "for=_gazonk",
            "for=\"_gazonk:80\"",
            "by=192.0.2.7",
            "for = 192.0.2.7",
            "for=192.0.2.7;for=192.0.2.7",
            "for=\"192.0.2.7",
            "for=192.0.2.7\"",
            "for=\"192.0.2.\\7\"",
            "for=\"192.0.2.7\" x",
            "192.0.2.7",
        ] {
            assert_eq!(read(line), (0, None), "{line}");
        }
    }

    #[test]
    fn a_quotation_mark_further_left_swallows_nothing() {
        for sent in ["for=\"", "for=\"evil", "\"", "\\\"", "for=\"a\\", "x\",\"y", "\",for=6.6.6.6"] {
            let line = format!("{sent}, for=192.0.2.7;host=\"a,b\"");
            assert_eq!(read(&line), (sent.len() + 1, Some("192.0.2.7".to_owned())), "{line}");
        }
    }
}
