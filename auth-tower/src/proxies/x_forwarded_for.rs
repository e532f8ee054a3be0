//! `X-Forwarded-For`: addresses with commas between them.

use std::net::IpAddr;

use super::node;

/// Where the last hop begins, and its address, if it gives one.
pub(super) fn last(line: &[u8]) -> (usize, Option<IpAddr>) {
    let start = line.iter().rposition(|&byte| byte == b',').map_or(0, |comma| comma + 1);
    (start, node::address(&line[start..]))
}
