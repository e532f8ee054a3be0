//! Where the server listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::reader::Reader;
use super::{Mode, edge, parse};

pub(super) fn read(reader: &mut Reader<'_>, stated: Option<Mode>) -> SocketAddr {
    let host = reader.parsed("HOST", parse::ip).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let port = reader.parsed("PORT", parse::port).unwrap_or(4_000);
    if !host.to_canonical().is_loopback() {
        match stated {
            // Someone who forgot to say "production" must not find bootstrap open to the world.
            None => reader.mistake(
                "HOST",
                format!("is {host}, but neither APP_ENV nor NODE_ENV is set, and the development mode that follows from it listens on this machine only"),
                "set NODE_ENV=production, or NODE_ENV=development if you mean it, or leave HOST at 127.0.0.1",
            ),
            Some(Mode::Development | Mode::Test) if edge::has_bootstrap_token(reader) => {}
            Some(Mode::Development | Mode::Test) => reader.warn(format!(
                "HOST is {host}: whoever reaches this machine can create the first admin, because bootstrap is open outside production"
            )),
            Some(Mode::Production) => {}
        }
    }
    SocketAddr::new(host, port)
}
