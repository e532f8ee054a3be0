//! Who can reach the server, and by which way.

use std::net::SocketAddr;

use url::{Host, Url};

use super::super::reader::Reader;
use super::{Finding, mistake, note, warning};
use crate::config::{Config, Mode};

const ORIGINS: &str = "TRUSTED_ORIGINS";
const PROXIES: &str = "TRUSTED_PROXIES";

/// Applies the rules of this file.
pub(super) fn all(reader: &Reader<'_>, config: &Config) -> Vec<Finding> {
    let proxies = reader.glimpse_text(PROXIES);
    let mut findings = Vec::new();
    findings.extend(front(config.listen, config.mode, proxies.as_deref()));
    // What could not be read, wildcards and everyone among it, has been told already.
    if let Some(text) = reader.glimpse_text(ORIGINS).filter(|_| !reader.is_mistaken(ORIGINS)) {
        findings.extend(entries(&text).filter_map(|entry| plain_origin(entry, config.mode)));
    }
    findings.extend(config.metrics.and_then(figures_for_others));
    findings.extend(two_modes(reader, config.mode));
    findings
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim_ascii).filter(|entry| !entry.is_empty())
}

/// In production the cookie is `Secure` and the server speaks plain HTTP: there is a proxy with TLS
/// in front, or nobody can log in. And if there is one, it has to be known.
fn front(listen: SocketAddr, mode: Mode, proxies: Option<&str>) -> Option<Finding> {
    if !mode.is_production() || proxies.is_some() {
        return None;
    }
    let host = listen.ip();
    Some(if host.to_canonical().is_loopback() {
        note(
            "TRUSTED_PROXIES is not set: behind a proxy, every client has the proxy's address, in the list of sessions and wherever failures are counted by address; name the proxy there",
        )
    } else {
        warning(format!(
            "HOST is {host} and TRUSTED_PROXIES is not set: the server speaks plain HTTP, over which browsers neither keep nor send a Secure cookie and anyone on the way reads passwords, so a proxy with TLS belongs in front; and until that is named in TRUSTED_PROXIES, every client has the proxy's address"
        ))
    })
}

/// A page without TLS is whatever someone on the way makes of it.
fn plain_origin(entry: &str, mode: Mode) -> Option<Finding> {
    let url = Url::parse(entry).ok().filter(|url| url.scheme() == "http" && mode.is_production())?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.to_canonical().is_loopback(),
    };
    let origin = url.origin().ascii_serialization();
    Some(if is_here {
        warning(format!(
            "{ORIGINS} has {origin}, in production: browsers do not send the cookie from there, and whatever runs on someone's own machine could act in their name; leave it to development"
        ))
    } else {
        mistake(
            ORIGINS,
            format!(
                "has {origin}: anyone on the way can change that page, and browsers do not send the Secure cookie from it"
            ),
            "serve the page over TLS and write https://, or leave it out",
        )
    })
}

/// Figures hold nobody's name, but they tell a guesser whether an account was there.
fn figures_for_others(metrics: SocketAddr) -> Option<Finding> {
    (!metrics.ip().to_canonical().is_loopback()).then(|| {
        note(format!(
            "METRICS_LISTEN is {metrics}, where nobody is asked who they are: see that only your Prometheus reaches it"
        ))
    })
}

/// The one that wins opens what the other would close.
fn two_modes(reader: &Reader<'_>, mode: Mode) -> Option<Finding> {
    let node = reader.glimpse_text("NODE_ENV")?;
    let is_open = |mode: &str| mode == "development" || mode == "test";
    (!mode.is_production() && !is_open(&node)).then(|| {
        warning(format!(
            "APP_ENV is {mode} and wins over NODE_ENV, which says production: bootstrap is open, and the cookie is not Secure; set one of the two"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::*;

    #[test]
    fn a_public_address_wants_a_known_proxy_in_front() {
        for (listen, mode, proxies, expected) in [
            ("0.0.0.0:4000", Mode::Production, None, "warning"),
            ("[::]:4000", Mode::Production, None, "warning"),
            ("192.168.0.7:80", Mode::Production, None, "warning"),
            ("127.0.0.1:4000", Mode::Production, None, "note"),
            ("[::ffff:127.0.0.1]:4000", Mode::Production, None, "note"),
            ("0.0.0.0:4000", Mode::Production, Some("10.0.0.7"), ""),
            ("0.0.0.0:4000", Mode::Development, None, ""),
        ] {
            let found = front(listen.parse().expect("an address"), mode, proxies);
            assert_eq!(kind(found.as_ref()), expected, "{listen} {mode}");
        }
    }

    #[test]
    fn figures_are_for_this_machine_or_worth_a_note() {
        for (metrics, expected) in
            [("127.0.0.1:9464", ""), ("[::1]:9464", ""), ("0.0.0.0:9464", "note"), ("10.0.0.7:9464", "note")]
        {
            let found = figures_for_others(metrics.parse().expect("an address"));
            assert_eq!(kind(found.as_ref()), expected, "{metrics}");
        }
    }

    #[test]
    fn a_page_has_tls() {
        for (entry, mode, plain) in [
            ("https://app.example.com", Mode::Production, ""),
            ("http://app.example.com", Mode::Production, "mistake"),
            ("http://app.example.com", Mode::Development, ""),
            ("http://localhost:3000", Mode::Production, "warning"),
            ("http://127.0.0.1:3000", Mode::Production, "warning"),
            ("http://[::1]:3000", Mode::Production, "warning"),
            ("nonsense", Mode::Production, ""),
        ] {
            assert_eq!(kind(plain_origin(entry, mode).as_ref()), plain, "{entry}");
        }
    }

    #[test]
    fn a_list_has_entries_between_its_commas() {
        assert_eq!(entries(" a , b,,c ").collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
