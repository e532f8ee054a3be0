//! Records of CSV (RFC 4180), read byte by byte, each within bounds.
//!
//! Written here and not taken from a library, because a record of an unknown file must neither
//! grow without end nor be guessed at: what is quoted wrongly is refused, and a record that is too
//! long is skipped to where it really ends. A reader that went on at its second line could be
//! made to read a line of somebody's name as an account.

use std::io::{self, BufRead};

use super::bytes::{Bytes, LONGEST};
use super::reason::Reason;

/// What a record came to: its fields, or why it cannot be used.
pub(super) type Record = Result<Vec<String>, Reason>;

/// Where in a record the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Where a field begins.
    Start,
    /// In a field without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind the closing quote, or the first of two that stand for one.
    Closed,
    /// In a line that makes no sense, to be skipped to its end.
    Lost,
}

/// The next record that is not an empty line, and the line it begins in; `None` at the end.
pub(super) fn next_record<R: BufRead>(bytes: &mut Bytes<R>) -> io::Result<Option<(u64, Record)>> {
    while let Some(byte) = bytes.peek()? {
        if byte != b'\n' && byte != b'\r' {
            let line = bytes.line();
            return Ok(Some((line, record(bytes)?)));
        }
        bytes.next()?;
    }
    Ok(None)
}

fn record<R: BufRead>(bytes: &mut Bytes<R>) -> io::Result<Record> {
    let mut fields = Fields::default();
    let mut at = At::Start;
    loop {
        let Some(byte) = bytes.next()? else {
            if at == At::Quoted {
                return Ok(Err(Reason::QuoteNeverClosed));
            }
            return Ok(fields.finish(at));
        };
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) | (At::Closed, b'"') => fields.push(byte, At::Quoted),
            (_, b'\n') => return Ok(fields.finish(at)),
            // The end of the line as Windows writes it; anywhere else it belongs to the text.
            (At::Start | At::Plain | At::Closed, b'\r') if bytes.peek()? == Some(b'\n') => at,
            (At::Start, b'"') => At::Quoted,
            (At::Start | At::Plain | At::Closed, b',') => fields.end_one(),
            (At::Plain, b'"') | (At::Closed | At::Lost, _) => At::Lost,
            (At::Start | At::Plain, _) => fields.push(byte, At::Plain),
        };
    }
}

/// The fields so far; after [`LONGEST`] bytes nothing is kept any more.
#[derive(Default)]
struct Fields {
    text: Vec<u8>,
    ends: Vec<usize>,
    too_long: bool,
}

impl Fields {
    fn push(&mut self, byte: u8, then: At) -> At {
        if self.has_room() {
            self.text.push(byte);
        }
        then
    }

    fn end_one(&mut self) -> At {
        if self.has_room() {
            self.ends.push(self.text.len());
        }
        At::Start
    }

    /// Empty fields take room as well.
    fn has_room(&mut self) -> bool {
        self.too_long |= self.text.len() + self.ends.len() >= LONGEST;
        !self.too_long
    }

    fn finish(mut self, at: At) -> Record {
        if at == At::Lost {
            return Err(Reason::WronglyQuoted);
        }
        if self.too_long {
            return Err(Reason::TooLong);
        }
        self.ends.push(self.text.len());
        let mut fields = Vec::with_capacity(self.ends.len());
        let mut begin = 0;
        for end in self.ends {
            let field = std::str::from_utf8(&self.text[begin..end]).map_err(|_| Reason::NotUtf8)?;
            fields.push(field.to_owned());
            begin = end;
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn records(text: &[u8]) -> Vec<(u64, Record)> {
        let mut bytes = Bytes::new(BufReader::with_capacity(3, text)).expect("memory");
        std::iter::from_fn(|| next_record(&mut bytes).expect("memory")).collect()
    }

    fn fields(fields: &[&str]) -> Record {
        fields.iter().map(|field| Ok((*field).to_owned())).collect()
    }

    #[test]
    fn fields_are_what_stands_between_commas_or_quotes() {
        for (text, expected) in [
            ("a,b", &["a", "b"][..]),
            (",", &["", ""]),
            ("a,,\"\"", &["a", "", ""]),
            ("\"a,b\",\"c\"\"d\"", &["a,b", "c\"d"]),
            ("\"a\nb\r\nc\",d\r\n", &["a\nb\r\nc", "d"]),
            (" a , \"b\u{e9}", &[]),
            ("a\rb", &["a\rb"]),
        ] {
            let expected = if expected.is_empty() { Err(Reason::WronglyQuoted) } else { fields(expected) };
            assert_eq!(records(text.as_bytes()), vec![(1, expected)], "{text:?}");
        }
    }

    #[test]
    fn a_record_is_known_by_the_line_it_begins_in() {
        let text = b"\n\r\na\n\"b\n\nb\"\nc\n";
        assert_eq!(records(text), vec![(3, fields(&["a"])), (4, fields(&["b\n\nb"])), (7, fields(&["c"]))]);
    }

    #[test]
    fn what_is_quoted_wrongly_costs_its_line_and_no_other() {
        for wrong in ["\"a\"b,c", "a\"b\",c", "\"a\" ,c", "a,b\"", "\"a\n\"b"] {
            let text = format!("{wrong}\nx,y\n");
            let found = records(text.as_bytes());
            assert_eq!(found[0], (1, Err(Reason::WronglyQuoted)), "{wrong}");
            assert_eq!(found[1].1, fields(&["x", "y"]), "{wrong}");
        }
        assert_eq!(records(b"a\n\"b\nc"), vec![(1, fields(&["a"])), (2, Err(Reason::QuoteNeverClosed))]);
        assert_eq!(records(b"a\xFF\nb"), vec![(1, Err(Reason::NotUtf8)), (2, fields(&["b"]))]);
    }

    #[test]
    fn nothing_inside_a_record_that_is_too_long_is_taken_for_a_record() {
        let name = format!("{}\neve@example.com,ADMIN\n", "x".repeat(LONGEST));
        let text = format!("\"{name}\",USER\nann@example.com,USER\n");
        let expected = vec![(1, Err(Reason::TooLong)), (4, fields(&["ann@example.com", "USER"]))];
        assert_eq!(records(text.as_bytes()), expected);
        let commas = ",".repeat(LONGEST + 1);
        assert_eq!(records(commas.as_bytes()), vec![(1, Err(Reason::TooLong))]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r')], 0..200)) {
            let found = records(&text);
            let lines: Vec<_> = found.iter().map(|(line, _)| *line).collect();
            prop_assert!(lines.is_sorted_by(|a, b| a < b));
        }

        #[test]
        fn what_another_writer_wrote_is_read_again(rows in proptest::collection::vec(proptest::collection::vec("(?s)[a\",\r\n é]{0,6}", 2..5), 0..6), windows in any::<bool>()) {
            let terminator = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().flexible(true).terminator(terminator).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("memory");
            }
            let text = writer.into_inner().expect("memory");
            let found: Vec<_> = records(&text).into_iter().map(|(_, record)| record).collect();
            let expected: Vec<Record> = rows.into_iter().map(Ok).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
