//! One hop as proxies write it: an address, maybe with a port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of a node (RFC 7239 §6), as it is written in either header: IPv6 with or without
/// its brackets, and a port where there may be one. Names, `unknown` and `_hidden` are none.
pub(super) fn address(node: &[u8]) -> Option<IpAddr> {
    let node = str::from_utf8(node.trim_ascii()).ok()?;
    if let Ok(address) = node.parse() {
        return Some(address);
    }
    if let Some(rest) = node.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return port_fits.then_some(address.into());
    }
    let (address, port) = node.split_once(':')?;
    let address: Ipv4Addr = address.parse().ok()?;
    is_port(port).then_some(address.into())
}

/// Whether it is a port, or one that is hidden: `_` and a word.
fn is_port(port: &str) -> bool {
    let is_number = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let of_a_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    is_number || port.strip_prefix('_').is_some_and(|word| !word.is_empty() && word.bytes().all(of_a_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_and_without_its_port() {
        for (node, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            (" 192.0.2.7\t", "192.0.2.7"),
            ("192.0.2.7:443", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ] {
            assert_eq!(address(node.as_bytes()), expected.parse().ok(), "{node}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for node in [
            "",
            "unknown",
            "_hidden",
            "example.com",
            "192.0.2",
            "192.0.2.256",
            "192.0.02.7",
            "192.0.2.7:",
            "192.0.2.7:http",
            "192.0.2.7:123456",
            "192.0.2.7:80:80",
            "192.0.2.7/32",
            "[192.0.2.7]",
            "[2001:db8::7",
            "[2001:db8::7]443",
            "[2001:db8::7]:",
            "2001:db8::7]",
            "fe80::1%eth0",
            "192.0.2.7 192.0.2.8",
            "\"192.0.2.7\"",
        ] {
            assert_eq!(address(node.as_bytes()), None, "{node}");
        }
        assert_eq!(address(b"192.0.2.7\xff"), None);
    }
}
