//! The bytes of a file, one by one, with the number of the line that comes next.

use std::io::{self, BufRead, Chain, Cursor, Read};

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The longest line of JSON, or record of CSV, that is read: what is longer is skipped unread, so
/// that no file can ask for memory.
pub(super) const LONGEST: usize = 64 * 1024;

/// A source of bytes without its byte order mark.
#[derive(Debug)]
pub(super) struct Bytes<R> {
    source: Chain<Cursor<Vec<u8>>, R>,
    line: u64,
    taken: u64,
}

/// How the text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// With nothing but white space.
    Blank,
    /// With this byte, after white space.
    With(u8),
    /// With the mark of UTF-16.
    Utf16,
}

/// A line, as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its bytes are in the buffer, without the end of the line.
    Whole,
    /// It is longer than [`LONGEST`].
    TooLong,
}

impl<R: BufRead> Bytes<R> {
    pub(super) fn new(mut source: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(BOM.len());
        source.by_ref().take(BOM.len() as u64).read_to_end(&mut start)?;
        let taken = if start == BOM { BOM.len() as u64 } else { 0 };
        if start == BOM {
            start.clear();
        }
        Ok(Self { source: Cursor::new(start).chain(source), line: 1, taken })
    }

    /// The number of the line that the next byte belongs to.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes have been read.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Skips white space, and says what comes after it.
    pub(super) fn beginning(&mut self) -> io::Result<Beginning> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                let mark = byte == 0xFF || byte == 0xFE;
                return Ok(if mark { Beginning::Utf16 } else { Beginning::With(byte) });
            }
            self.next()?;
        }
        Ok(Beginning::Blank)
    }

    /// The next byte, which stays.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.buffer()?.first().copied())
    }

    /// The next byte.
    pub(super) fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.consume(1);
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }

    /// Reads the next line into the buffer; `None` at the end.
    pub(super) fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<Option<Line>> {
        line.clear();
        let mut outcome = Line::Whole;
        let mut begun = false;
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(begun.then_some(outcome));
            }
            begun = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            if line.len() + part.len() > LONGEST {
                outcome = Line::TooLong;
                line.clear();
            }
            if outcome == Line::Whole {
                line.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(end.is_some());
            self.consume(consumed);
            if end.is_some() {
                self.line += 1;
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(Some(outcome));
            }
        }
    }

    fn buffer(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.source.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        // What is there already is given again without reading.
        self.source.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.source.consume(bytes);
        self.taken += bytes as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, Option<Vec<u8>>)> {
        // A tiny buffer, so that every line is read in pieces.
        let mut bytes = Bytes::new(BufReader::with_capacity(3, text)).expect("memory");
        let mut found = Vec::new();
        let mut line = Vec::new();
        loop {
            let number = bytes.line();
            match bytes.next_line(&mut line).expect("memory") {
                Some(Line::Whole) => found.push((number, Some(line.clone()))),
                Some(Line::TooLong) => found.push((number, None)),
                None => break,
            }
        }
        assert_eq!(bytes.taken(), text.len() as u64);
        found
    }

    #[test]
    fn lines_end_as_they_do_on_any_system() {
        let expected = vec![(1, Some(b"a".to_vec())), (2, Some(vec![])), (3, Some(b"b".to_vec()))];
        assert_eq!(lines(b"a\r\n\nb"), expected);
        assert_eq!(lines(b"a\n\r\nb\n"), expected);
        assert_eq!(lines(b"\xEF\xBB\xBFa\n\nb\n"), expected);
        assert_eq!(lines(b""), vec![]);
    }

    #[test]
    fn a_line_too_long_is_skipped_and_counted() {
        let text = [b"a\n".to_vec(), vec![b'x'; LONGEST + 1], b"\n".to_vec(), vec![b'y'; LONGEST]].concat();
        let expected = vec![(1, Some(b"a".to_vec())), (2, None), (3, Some(vec![b'y'; LONGEST]))];
        assert_eq!(lines(&text), expected);
    }

    #[test]
    fn the_beginning_is_found_behind_mark_and_blanks() {
        for (text, expected) in [
            (&b"\xEF\xBB\xBF \n {"[..], Beginning::With(b'{')),
            (b"id,email", Beginning::With(b'i')),
            (b"\xEF\xBB", Beginning::With(0xEF)),
            (b"\xFF\xFEi\0", Beginning::Utf16),
            (b" \r\n", Beginning::Blank),
            (b"", Beginning::Blank),
        ] {
            let mut bytes = Bytes::new(text).expect("memory");
            assert_eq!(bytes.beginning().expect("memory"), expected, "{text:?}");
        }
    }
}
