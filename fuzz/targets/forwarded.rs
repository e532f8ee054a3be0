//! What proxies say of where a request comes from, and the origins and proxies that are listed.
//!
//! An input is a line of proxies, a line of origins, and then lines that become `X-Forwarded-For`
//! (those that begin with `x`) and `Forwarded` headers.

#![no_main]

use std::net::IpAddr;

use auth_tower::{TrustedOrigins, TrustedProxies};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
const FARTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 8));
const STRANGER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|byte| *byte == b'\n');
    let mut line = || lines.next().and_then(|line| str::from_utf8(line).ok());
    let (listed, origins) = (line().unwrap_or_default(), line().unwrap_or_default());
    if let Ok(origins) = TrustedOrigins::parse(origins) {
        let shown = origins.to_string();
        let again = TrustedOrigins::parse(&shown).expect("what is shown can be read");
        assert!(origins.iter().all(|origin| origins.contains(origin) && again.contains(origin)), "{shown}");
        assert!(!origins.contains("null") && !origins.contains("*"), "{shown}");
    }
    if let Ok(listed) = TrustedProxies::parse(listed) {
        let shown = listed.to_string();
        let again = TrustedProxies::parse(&shown).expect("what is shown can be read");
        assert!(
            [PROXY, STRANGER].iter().all(|address| listed.contains(*address) == again.contains(*address))
        );
    }

    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = match line.strip_prefix(b"x") {
            Some(value) => (HeaderName::from_static("x-forwarded-for"), value),
            None => (HeaderName::from_static("forwarded"), line),
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }
    let proxies = TrustedProxies::parse("10.0.0.0/8").expect("a network");
    // Nobody but a proxy is believed.
    assert_eq!(proxies.client(STRANGER, &headers), STRANGER);

    // What the proxy itself adds at the right end decides, whatever a client has sent before it.
    let seen = |headers: &HeaderMap| proxies.client(PROXY, headers);
    let mut honest = HeaderMap::new();
    honest.append("x-forwarded-for", HeaderValue::from_static("192.0.2.9"));
    let mut prefixed = HeaderMap::new();
    for value in headers.get_all("x-forwarded-for") {
        prefixed.append("x-forwarded-for", value.clone());
    }
    if prefixed.values().map(HeaderValue::len).sum::<usize>() < 4 * 1024 {
        let direct = seen(&prefixed);
        assert!(!proxies.contains(direct) || is_named(direct, &prefixed), "{direct} {headers:?}");

        // One proxy more in front is looked through; it is the client only where nothing was read. Beyond
        // 64 hops nothing is looked at, and there one more at the right takes one away at the left.
        if hops(&prefixed) < 64 {
            let mut longer = prefixed.clone();
            longer.append("x-forwarded-for", HeaderValue::from_static("10.0.0.8"));
            let through = seen(&longer);
            let looked_through = through == direct || (direct, through) == (PROXY, FARTHER);
            assert!(looked_through, "{direct} {through} {headers:?}");
        }

        prefixed.append("x-forwarded-for", HeaderValue::from_static("192.0.2.9"));
        assert_eq!(seen(&prefixed), seen(&honest), "{headers:?}");
    }
});

/// How many hops there are: in each line one more than it has commas.
fn hops(headers: &HeaderMap) -> usize {
    headers.values().map(|line| line.as_bytes().split(|byte| *byte == b',').count()).sum()
}

/// Whether it is the peer, or stands in a header: in the clothes of IPv6, perhaps.
fn is_named(client: IpAddr, headers: &HeaderMap) -> bool {
    let name = client.to_string();
    client == PROXY
        || headers.values().any(|line| {
            String::from_utf8_lossy(line.as_bytes()).contains(&name) || line.as_bytes().contains(&b':')
        })
}
