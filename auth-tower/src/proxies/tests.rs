//! The walk from proxy to client, and what nobody can do to it.

use http::HeaderValue;
use http::header::HeaderName;
use proptest::prelude::*;

use super::{HeaderMap, InvalidProxy, IpAddr, TrustedProxies};

const PEER: &str = "10.0.0.1";
const FOR_X: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn proxies() -> TrustedProxies {
    TrustedProxies::parse("10.0.0.0/8, 192.168.7.7, 2001:db8:aa::/48").expect("proxies")
}

fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
    let value = |bytes| HeaderValue::from_bytes(bytes).expect("a header value");
    lines.iter().map(|(name, bytes)| (HeaderName::from_static(name), value(bytes))).collect()
}

fn client(peer: &str, lines: &[(&'static str, &[u8])]) -> String {
    proxies().client(ip(peer), &headers(lines)).to_string()
}

fn x_forwarded_for(lines: &[&str]) -> String {
    client(PEER, &lines.iter().map(|line| (FOR_X, line.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn only_a_listed_proxy_is_believed() {
    let line: &[(&'static str, &[u8])] = &[(FOR_X, b"192.0.2.7")];
    for proxy in ["10.0.0.1", "10.255.255.255", "192.168.7.7", "2001:db8:aa::9", "::ffff:10.0.0.1"] {
        assert_eq!(client(proxy, line), "192.0.2.7", "{proxy}");
    }
    for stranger in ["11.0.0.1", "192.168.7.8", "2001:db8:ab::9", "127.0.0.1"] {
        assert_eq!(client(stranger, line), stranger);
    }
    assert_eq!(client("::ffff:198.51.100.9", line), "198.51.100.9");
    let nobody = TrustedProxies::default();
    assert_eq!(nobody.client(ip(PEER), &headers(line)), ip(PEER));
}

#[test]
fn the_first_that_is_not_listed_is_the_client_read_from_the_right() {
    for (lines, expected) in [
        (&["192.0.2.7"][..], "192.0.2.7"),
        (&["6.6.6.6, 192.0.2.7"], "192.0.2.7"),
        (&["6.6.6.6,192.0.2.7,10.1.1.1 , 192.168.7.7"], "192.0.2.7"),
        (&["6.6.6.6", "192.0.2.7", "10.1.1.1, 10.1.1.2"], "192.0.2.7"),
        (&["192.0.2.7:51234"], "192.0.2.7"),
        (&["[2001:db8::7]:51234, ::ffff:10.9.9.9"], "2001:db8::7"),
        (&["2001:db8::7, 2001:db8:aa::1"], "2001:db8::7"),
        (&["::ffff:192.0.2.7"], "192.0.2.7"),
        // All of them are ours: the farthest is as far as anyone knows.
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ] {
        assert_eq!(x_forwarded_for(lines), expected, "{lines:?}");
    }
    assert_eq!(client(PEER, &[]), PEER);
}

#[test]
fn where_the_client_should_stand_and_does_not_the_last_proxy_counts() {
    for (lines, expected) in [
        (&[""][..], PEER),
        (&["unknown"], PEER),
        (&["192.0.2.7, "], PEER),
        (&["192.0.2.7, nonsense"], PEER),
        (&["192.0.2.7, nonsense, 10.0.0.9"], "10.0.0.9"),
        (&["192.0.2.7", ""], PEER),
        (&["192.0.2.7", "10.0.0.9,"], PEER),
        (&["192.0.2.7,,10.0.0.9"], "10.0.0.9"),
    ] {
        assert_eq!(x_forwarded_for(lines), expected, "{lines:?}");
    }
    let forwarded: &[(&[u8], &str)] = &[
        (b"for=6.6.6.6, for=192.0.2.7;proto=https, for=\"[2001:db8:aa::1]:80\"", "192.0.2.7"),
        (b"for=192.0.2.7, for=unknown", PEER),
        (b"for=192.0.2.7, for=_hidden, for=10.0.0.9", "10.0.0.9"),
        (b"for=192.0.2.7, by=10.0.0.9", PEER),
    ];
    for (line, expected) in forwarded {
        assert_eq!(client(PEER, &[(FORWARDED, line)]), *expected);
    }
}

#[test]
fn two_headers_that_differ_are_believed_neither() {
    let both = |forwarded: &str, for_x: &str| {
        client(PEER, &[(FORWARDED, forwarded.as_bytes()), (FOR_X, for_x.as_bytes())])
    };
    assert_eq!(both("for=192.0.2.7", "192.0.2.7"), "192.0.2.7");
    assert_eq!(both("for=6.6.6.6", "192.0.2.7"), PEER);
    assert_eq!(both("for=192.0.2.7", "6.6.6.6"), PEER);
    assert_eq!(both("nonsense", "192.0.2.7"), PEER);
}

#[test]
fn no_more_than_64_hops_and_8_kib_are_looked_at() {
    let hops = |count: usize| format!("192.0.2.7{}", ", 10.0.0.9".repeat(count));
    assert_eq!(x_forwarded_for(&[&hops(63)]), "192.0.2.7");
    assert_eq!(x_forwarded_for(&[&hops(64)]), "10.0.0.9");
    let far = |space: usize| format!("192.0.2.7,{}10.0.0.9", " ".repeat(space));
    assert_eq!(x_forwarded_for(&[&far(8_000)]), "192.0.2.7");
    assert_eq!(x_forwarded_for(&[&far(8_180)]), "10.0.0.9", "half an address is none");
    assert_eq!(x_forwarded_for(&[&far(9_000)]), PEER);
    assert_eq!(x_forwarded_for(&["192.0.2.7", &far(8_170), "10.0.0.8"]), "10.0.0.9");
}

#[test]
fn a_list_names_addresses_and_networks() {
    for (list, shown) in [
        ("", ""),
        (" ", ""),
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8, ::1,2001:db8::/32", "10.0.0.0/8, ::1, 2001:db8::/32"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
    ] {
        assert_eq!(TrustedProxies::parse(list).map(|proxies| proxies.to_string()), Ok(shown.to_owned()));
    }
    use InvalidProxy::{BitsBeyondPrefix, Empty, Everyone, NotAnAddress};
    for (list, flaw) in [
        ("10.0.0.1,", Empty),
        (",", Empty),
        ("localhost", NotAnAddress),
        ("*", NotAnAddress),
        ("10.0.0.1:80", NotAnAddress),
        ("[::1]", NotAnAddress),
        ("10.0.0.0/33", NotAnAddress),
        ("10.0.0.0/", NotAnAddress),
        ("10.0.0.0 /8", NotAnAddress),
        ("10.0.0.0/255.0.0.0", NotAnAddress),
        ("10.0.0.1/8", BitsBeyondPrefix),
        ("2001:db8::1/32", BitsBeyondPrefix),
        ("0.0.0.0/0", Everyone),
        ("::/0", Everyone),
        ("::ffff:0.0.0.0/96", Everyone),
    ] {
        assert_eq!(TrustedProxies::parse(list), Err(flaw), "{list}");
    }
}

/// What a client may put into a header: any bytes that the wire carries, and such as mean something.
fn sent() -> impl Strategy<Value = Vec<u8>> {
    let meaningful =
        "(10\\.0\\.0\\.1|192\\.0\\.2\\.7|6\\.6\\.6\\.6|for=|For=|unknown|[\"\\\\,;=:\\[\\] _]|::1){0,20}";
    let any_bytes = prop::collection::vec(prop_oneof![Just(b'\t'), 0x20..0x7f_u8, 0x80..=0xff_u8], 0..60);
    prop_oneof![meaningful.prop_map(String::into_bytes), any_bytes]
}

fn appended(sent: &[u8], by_proxy: &str) -> Vec<u8> {
    [sent, b", ", by_proxy.as_bytes()].concat()
}

proptest! {
    #[test]
    fn no_headers_make_it_panic(
        forwarded in prop::collection::vec(sent(), 0..3),
        for_x in prop::collection::vec(sent(), 0..3),
        list in any::<String>(),
        networks in "[0-9a-f:./, ]{0,30}",
    ) {
        let lines = forwarded.iter().map(|line| (FORWARDED, &line[..]));
        let lines: Vec<_> = lines.chain(for_x.iter().map(|line| (FOR_X, &line[..]))).collect();
        client(PEER, &lines);
        let _ = TrustedProxies::parse(&list);
        let _ = TrustedProxies::parse(&networks);
    }

    /// Whatever the client sends in the header that the proxies add to, in the same line or in
    /// lines of its own, the address that the first proxy saw is the one that counts.
    #[test]
    fn what_a_client_sends_before_it_never_changes_the_outcome(
        lines in prop::collection::vec(sent(), 0..3),
        in_line in sent(),
        seen in prop_oneof!["192\\.0\\.2\\.[1-9]", Just("2001:db8::7".to_owned())],
        further in prop::collection::vec("10\\.0\\.0\\.[1-9]", 0..3),
    ) {
        let bracketed = if seen.contains(':') { format!("[{seen}]") } else { seen.clone() };
        let for_x = further.iter().fold(seen.clone(), |line, hop| format!("{line}, {hop}"));
        let forwarded = further.iter().fold(format!("for=\"{bracketed}\";proto=https"), |line, hop| {
            format!("{line}, for={hop}")
        });
        for (name, by_proxy) in [(FOR_X, for_x), (FORWARDED, forwarded)] {
            for last in [appended(&in_line, &by_proxy), by_proxy.into_bytes()] {
                let all: Vec<_> = lines.iter().chain([&last]).map(|line| (name, &line[..])).collect();
                prop_assert_eq!(client(PEER, &all), seen.as_str());
            }
        }
    }

    /// In the other header, the most that a client can do is to be taken for the proxy.
    #[test]
    fn what_a_client_sends_in_the_other_header_makes_it_nobody_else(
        other in prop::collection::vec(sent(), 0..3),
    ) {
        let ours: [(_, &'static str, &[u8]); 2] =
            [(FORWARDED, FOR_X, b"192.0.2.7"), (FOR_X, FORWARDED, b"for=192.0.2.7")];
        for (theirs, name, line) in ours {
            let all: Vec<_> = other.iter().map(|line| (theirs, &line[..])).chain([(name, line)]).collect();
            let client = client(PEER, &all);
            prop_assert!(client == "192.0.2.7" || client == PEER, "{}", client);
        }
    }
}
