//! Which proxies are believed, and what they say of where a request comes from.

mod forwarded;
mod hops;
mod node;
mod x_forwarded_for;

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use ipnet::{IpNet, Ipv4Net};

use hops::{FindLast, Hops};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies in front of these routes: who may say where a request really comes from.
///
/// Without any, the address of a client is the one its connection comes from, and no header is
/// believed: whoever sends `X-Forwarded-For` may say what they like. A connection that comes from
/// a listed proxy is another matter. Its `X-Forwarded-For` or `Forwarded` (RFC 7239) is read from
/// the right, from the nearest hop to the farthest, and each listed proxy is passed over; the
/// first address that is not listed is the client's. What stands left of it came from the client
/// and is not even looked at. Where that place holds no address, but `unknown`, say, or nonsense,
/// the address of the last proxy that was passed counts.
///
/// # Both headers at once
///
/// A proxy writes one of the two and lets the other through, so the other may be the client's own
/// word. Where both are there and do not lead to the same address, neither is believed, and the
/// client is taken for the proxy that the connection comes from. Have the proxy drop the header
/// that it does not write, and this never happens.
///
/// ```
/// use auth_tower::TrustedProxies;
/// use http::HeaderMap;
///
/// let proxies = TrustedProxies::parse("10.0.0.0/8, 2001:db8::7")?;
/// let mut headers = HeaderMap::new();
/// headers.insert("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.1.2.3".parse()?);
///
/// // From one of our proxies, which had it from another, which had it from 192.0.2.7.
/// let client = proxies.client("10.0.0.1".parse()?, &headers);
/// assert_eq!(client.to_string(), "192.0.2.7");
/// // From somewhere else, the header is worth nothing.
/// let client = proxies.client("198.51.100.9".parse()?, &headers);
/// assert_eq!(client.to_string(), "198.51.100.9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// The text names no proxies, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidProxy {
    /// There is nothing between two commas.
    Empty,
    /// It is neither an address nor a network. A name is none: whoever answers for names could say
    /// who is trusted.
    NotAnAddress,
    /// The address has bits beyond the prefix of its network, so one of the two is mistaken.
    BitsBeyondPrefix,
    /// The network is everyone, and then a client could say what it likes.
    Everyone,
}

impl fmt::Display for InvalidProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "which is empty",
            Self::NotAnAddress => "which is neither an IP address nor a network such as 10.0.0.0/8",
            Self::BitsBeyondPrefix => "which has bits set beyond its prefix",
            Self::Everyone => "which is everyone, so that clients could say what address they like",
        })
    }
}

impl Error for InvalidProxy {}

impl TrustedProxies {
    /// Reads a list of addresses and networks in CIDR notation, with commas between them. A text
    /// of nothing but space is an empty list.
    ///
    /// # Errors
    ///
    /// [`InvalidProxy`] says what is wrong with the first one that is none.
    pub fn parse(list: &str) -> Result<Self, InvalidProxy> {
        if list.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        list.split(',').try_fold(Self::default(), |proxies, proxy| proxies.with(proxy))
    }

    /// Adds an address or a network.
    ///
    /// # Errors
    ///
    /// [`InvalidProxy`] says what is wrong with it.
    pub fn with(self, proxy: &str) -> Result<Self, InvalidProxy> {
        let network = network(proxy.trim_ascii())?;
        Ok(Self(self.0.iter().copied().chain([network]).collect()))
    }

    /// Whether this is the address of a listed proxy.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From where a request comes whose connection comes from `peer`.
    ///
    /// IPv4 addresses in the clothes of IPv6 (`::ffff:192.0.2.7`) come back as what they are. At
    /// most 64 hops and 8 KiB of each header are looked at.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let told_by = |name: &HeaderName, find_last: FindLast| {
            headers.contains_key(name).then(|| self.walk(peer, Hops::new(headers.get_all(name), find_last)))
        };
        match (told_by(&FORWARDED, forwarded::last), told_by(&X_FORWARDED_FOR, x_forwarded_for::last)) {
            (None, None) => peer,
            (Some(client), None) | (None, Some(client)) => client,
            (Some(one), Some(other)) if one == other => one,
            (Some(_), Some(_)) => peer,
        }
    }

    /// Goes from `peer`, which is trusted, from hop to hop, as long as they are trusted as well.
    fn walk(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut farthest = peer;
        for hop in hops {
            match hop.map(|hop| hop.to_canonical()) {
                Some(proxy) if self.contains(proxy) => farthest = proxy,
                Some(client) => return client,
                None => return farthest,
            }
        }
        farthest
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, network) in self.0.iter().enumerate() {
            let comma = if nth == 0 { "" } else { ", " };
            if network.prefix_len() == network.max_prefix_len() {
                write!(f, "{comma}{}", network.addr())?;
            } else {
                write!(f, "{comma}{network}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter()).finish()
    }
}

fn network(text: &str) -> Result<IpNet, InvalidProxy> {
    if text.is_empty() {
        return Err(InvalidProxy::Empty);
    }
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse().map_err(|_| InvalidProxy::NotAnAddress)?,
    };
    if network.prefix_len() == 0 {
        return Err(InvalidProxy::Everyone);
    }
    if network.addr() != network.network() {
        return Err(InvalidProxy::BitsBeyondPrefix);
    }
    folded(network)
}

/// The network of IPv4 where it is one in the clothes of IPv6, `::ffff:10.0.0.0/104` say.
fn folded(network: IpNet) -> Result<IpNet, InvalidProxy> {
    let IpNet::V6(v6) = network else { return Ok(network) };
    match (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96)) {
        (Some(_), Some(0)) => Err(InvalidProxy::Everyone),
        (Some(v4), Some(prefix)) => {
            Ok(Ipv4Net::new(v4, prefix).expect("at most 32 bits are left of 128 without 96").into())
        }
        _ => Ok(network),
    }
}

#[cfg(test)]
mod tests;
