//! What begins like a search, as a range of texts, which an index serves.

use auth_core::Search;

use crate::sql::Parameters;

/// All texts that begin like this: those from `from` on and before `to`, compared by code points,
/// which is byte by byte in UTF-8.
pub(super) struct Range {
    from: String,
    to: String,
}

impl Range {
    pub(super) fn of(search: &Search) -> Self {
        let from = search.as_str().to_owned();
        // The last letter that has a next one is replaced by it, and what follows is dropped.
        let mut letters: Vec<char> = from.chars().collect();
        while let Some(last) = letters.pop() {
            if let Some(next) = (last..=char::MAX).nth(1) {
                letters.push(next);
                return Self { from, to: letters.into_iter().collect() };
            }
        }
        // Nothing but the greatest letter there is; no address and no name has so many of them.
        Self { from, to: char::MAX.to_string().repeat(1_000) }
    }
}

/// The parameters of a range.
pub(super) struct Bounds {
    from: String,
    to: String,
}

impl Bounds {
    pub(super) fn bind(parameters: &mut Parameters, range: &Range) -> Self {
        Self { from: parameters.bind(range.from.as_str()), to: parameters.bind(range.to.as_str()) }
    }

    /// The condition that a column is in the range.
    pub(super) fn hold(&self, column: &str) -> String {
        format!("({column} >= {} AND {column} < {})", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use auth_core::InvalidSearch;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_ends_where_no_text_begins_like_this_any_more() -> Result<(), InvalidSearch> {
        for (search, to) in [
            ("ann", "ano"),
            ("z", "{"),
            ("a\u{d7ff}", "a\u{e000}"),
            ("a\u{10ffff}", "b"),
            ("a\u{10ffff}\u{10ffff}", "b"),
        ] {
            assert_eq!(Range::of(&Search::parse(search)?).to, to, "{search:?}");
        }
        let greatest = Range::of(&Search::parse("\u{10ffff}")?).to;
        assert!(greatest > "\u{10ffff}".repeat(600), "the longest name, folded");
        Ok(())
    }

    proptest! {
        #[test]
        fn a_range_holds_what_begins_like_this_and_nothing_else(
            search in "[a-c\u{10fffe}\u{10ffff}]{1,3}",
            text in "[a-d\u{10fffe}\u{10ffff}]{0,4}",
        ) {
            let Range { from, to } = Range::of(&Search::parse(&search).expect("it has no control characters"));
            prop_assert_eq!(from <= text && text < to, text.starts_with(&search));
        }
    }
}
