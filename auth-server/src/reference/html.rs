//! Text as HTML: nothing in it is ever taken for markup.

use std::fmt;

/// Text between tags or in an attribute that stands in quotes.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            let entity = match special.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            };
            write!(f, "{plain}{entity}")?;
            rest = &special[1..];
        }
        f.write_str(rest)
    }
}

/// Sentences, in which what stands between backticks is code.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.split('`').enumerate() {
            if at % 2 == 0 {
                write!(f, "{}", Escaped(part))?;
            } else {
                write!(f, "<code>{}</code>", Escaped(part))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_be_markup_is_text() {
        assert_eq!(
            Escaped("<a href='x' title=\"&\">").to_string(),
            "&lt;a href=&#39;x&#39; title=&quot;&amp;&quot;&gt;"
        );
        assert_eq!(Prose("send `<token>` & wait").to_string(), "send <code>&lt;token&gt;</code> &amp; wait");
        assert_eq!(Prose("").to_string(), "");
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_character_that_markup_is_made_of(text in any::<String>(), like in "[<>&\"'`a]{0,9}") {
            for text in [&text, &like] {
                let escaped = Escaped(text).to_string();
                prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
                let plain = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                prop_assert_eq!(&plain.replace("&#39;", "'").replace("&amp;", "&"), text);
            }
        }
    }
}
