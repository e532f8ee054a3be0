//! The hops of a header to which each proxy has added one, the nearest first.

use std::net::IpAddr;

use http::HeaderValue;
use http::header::GetAll;

/// The most hops that are looked at.
const MOST_HOPS: usize = 64;

/// The most bytes that are looked at.
const MOST_BYTES: usize = 8 * 1024;

/// Finds the last hop of a line: where it begins, and its address, if it gives one.
pub(super) type FindLast = fn(&[u8]) -> (usize, Option<IpAddr>);

/// The hops from right to left; `None` is one that gives no address.
///
/// Nothing is read that stands left of the hop that is asked for, so nothing there can change what
/// was read: a client writes the left end, and has no say in what the proxies wrote.
pub(super) struct Hops<'h> {
    lines: Vec<&'h [u8]>,
    find_last: FindLast,
    hops_left: usize,
    bytes_left: usize,
}

impl<'h> Hops<'h> {
    /// The hops of all lines of a header, which count as one line in their order (RFC 9110 §5.3).
    pub(super) fn new(lines: GetAll<'h, HeaderValue>, find_last: FindLast) -> Self {
        let lines = lines.iter().map(HeaderValue::as_bytes).collect();
        Self { lines, find_last, hops_left: MOST_HOPS, bytes_left: MOST_BYTES }
    }
}

impl Iterator for Hops<'_> {
    type Item = Option<IpAddr>;

    fn next(&mut self) -> Option<Option<IpAddr>> {
        self.hops_left = self.hops_left.checked_sub(1)?;
        let line = self.lines.pop()?;
        let cut = line.len().saturating_sub(self.bytes_left);
        let (start, address) = (self.find_last)(&line[cut..]);
        let start = cut + start;
        self.bytes_left -= line.len() - start;
        if start == cut && cut > 0 {
            // Half a hop is none, and whatever stands before it is too far away.
            self.lines.clear();
            return Some(None);
        }
        if let Some(comma) = start.checked_sub(1) {
            self.lines.push(&line[..comma]);
        }
        Some(address)
    }
}
