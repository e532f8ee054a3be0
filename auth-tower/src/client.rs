//! From where a login comes, as far as the request tells.

use std::net::IpAddr;

use auth_core::{Client, UserAgent};
use http::header::USER_AGENT;
use http::request::Parts;
use http::{Extensions, HeaderValue, Request};

use crate::proxies::TrustedProxies;

/// The address that a connection comes from, for the list of sessions: whoever runs the server
/// puts it into the extensions of each request.
///
/// With the feature `axum`, axum's own `ConnectInfo<SocketAddr>` is taken where this one is not
/// there. Without either, a session has no address. A header is asked for it only where the
/// connection comes from one of the [`TrustedProxies`]: anyone else who sends `X-Forwarded-For`
/// may say what they like.
///
/// ```
/// use auth_tower::ClientAddress;
/// use http::Request;
///
/// # fn accepted(peer: std::net::SocketAddr, mut request: Request<()>) -> Request<()> {
/// request.extensions_mut().insert(ClientAddress(peer.ip()));
/// # request }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Puts the address of the client in the place of the address of a proxy: once, before anything
/// else is done with a request, so that everything after it goes by the same address.
pub(crate) fn behind<B>(proxies: &TrustedProxies, request: &mut Request<B>) {
    if let Some(peer) = address(request.extensions()).filter(|_| !proxies.is_empty()) {
        let client = proxies.client(peer, request.headers());
        request.extensions_mut().insert(ClientAddress(client));
    }
}

/// What this request says of whoever sent it.
pub(crate) fn of(parts: &Parts) -> Client {
    Client {
        user_agent: parts.headers.get(USER_AGENT).and_then(shown),
        // A socket that takes both kinds shows the older one as `::ffff:192.0.2.7`.
        ip_address: address(&parts.extensions).map(|address| address.to_canonical()),
    }
}

fn shown(agent: &HeaderValue) -> Option<UserAgent> {
    UserAgent::new(&String::from_utf8_lossy(agent.as_bytes()))
}

fn address(extensions: &Extensions) -> Option<IpAddr> {
    let told = extensions.get::<ClientAddress>().map(|address| address.0);
    told.or_else(|| connected(extensions))
}

#[cfg(feature = "axum")]
fn connected(extensions: &Extensions) -> Option<IpAddr> {
    use axum::extract::ConnectInfo;

    extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip())
}

#[cfg(not(feature = "axum"))]
fn connected(_: &Extensions) -> Option<IpAddr> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(agent: &[u8], addresses: &[&str]) -> Client {
        let mut request = Request::new(());
        let agent = HeaderValue::from_bytes(agent).expect("a header value");
        request.headers_mut().insert(USER_AGENT, agent);
        for address in addresses {
            request.extensions_mut().insert(ClientAddress(address.parse().expect("an address")));
        }
        of(&request.into_parts().0)
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        let client = told(b"a\xffb", &[]);
        assert_eq!(client.user_agent.as_ref().map(UserAgent::as_str), Some("a\u{fffd}b"));
        assert_eq!(told(b"", &[]), Client::default());
    }

    #[test]
    fn an_old_address_in_a_new_ones_clothes_is_shown_as_what_it_is() {
        for (told_as, shown) in
            [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::1")]
        {
            assert_eq!(told(b"", &[told_as]).ip_address, shown.parse().ok());
        }
    }

    #[cfg(feature = "axum")]
    #[test]
    fn what_axum_knows_counts_where_nothing_else_was_told() {
        use std::net::SocketAddr;

        let mut request = Request::new(());
        let peer: SocketAddr = "[::ffff:192.0.2.7]:50000".parse().expect("an address");
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        assert_eq!(of(&request.clone().into_parts().0).ip_address, "192.0.2.7".parse().ok());
        request.extensions_mut().insert(ClientAddress("192.0.2.8".parse().expect("an address")));
        assert_eq!(of(&request.into_parts().0).ip_address, "192.0.2.8".parse().ok());
    }
}
