//! The parameters of a query, `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use crate::status::QueryFlaw;

/// Reads the parameters with these names; none of them may be there twice. Others are ignored,
/// because proxies and trackers add theirs.
pub(super) fn read<'q, const N: usize>(
    query: Option<&'q str>,
    names: [&'static str; N],
) -> Result<[Option<Cow<'q, str>>; N], QueryFlaw> {
    let mut values = [const { None }; N];
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let Some(at) = names.iter().position(|known| *known == name) else { continue };
        if values[at].replace(value).is_some() {
            return Err(QueryFlaw::Repeated(names[at]));
        }
    }
    Ok(values)
}

/// Reads the parameters with these names, where there must be no others: a misspelt one would say
/// nothing, and what it should have asked for would not be asked.
pub(super) fn read_only<'q, const N: usize>(
    query: Option<&'q str>,
    names: [&'static str; N],
) -> Result<[Option<Cow<'q, str>>; N], QueryFlaw> {
    let mut given = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    if given.all(|(name, _)| names.contains(&name.as_ref())) {
        read(query, names)
    } else {
        Err(QueryFlaw::Unknown)
    }
}

/// A parameter that is `true` or `false`, or left out.
pub(super) fn flag(name: &'static str, value: Option<&str>) -> Result<Option<bool>, QueryFlaw> {
    match value {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(QueryFlaw::NotFlag(name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(query: &str) -> Result<[Option<Cow<'_, str>>; 2], QueryFlaw> {
        read(Some(query), ["limit", "search"])
    }

    fn found(limit: Option<&'static str>, search: Option<&'static str>) -> [Option<Cow<'static, str>>; 2] {
        [limit.map(Cow::Borrowed), search.map(Cow::Borrowed)]
    }

    #[test]
    fn the_known_ones_are_decoded_and_the_others_ignored() {
        for (query, values) in [
            ("", found(None, None)),
            ("&&=&x=1&x=2", found(None, None)),
            ("limit=5", found(Some("5"), None)),
            ("x=1&search=a+b%20%C3%A9%26&limit=", found(Some(""), Some("a b é&"))),
            ("limit", found(Some(""), None)),
            ("li%6Dit=5", found(Some("5"), None)),
            ("search=a=b", found(None, Some("a=b"))),
            ("search=%ff%", found(None, Some("\u{fffd}%"))),
            ("Limit=5", found(None, None)),
        ] {
            assert_eq!(page(query), Ok(values), "{query}");
        }
        assert_eq!(read(None, ["limit", "search"]), Ok(found(None, None)));
    }

    #[test]
    fn a_known_one_twice_is_refused() {
        for query in ["limit=5&limit=5", "limit&x&limit", "limit=5&search=a&%6Cimit=6&search=b"] {
            assert_eq!(page(query), Err(QueryFlaw::Repeated("limit")), "{query}");
        }
    }

    #[test]
    fn where_there_must_be_no_others_an_unknown_one_is_refused() {
        let only = |query| read_only(Some(query), ["limit", "search"]);
        assert_eq!(read_only(None, ["limit", "search"]), Ok(found(None, None)));
        for (query, values) in [
            ("", found(None, None)),
            ("&&", found(None, None)),
            ("limit=5&search=a", found(Some("5"), Some("a"))),
            ("li%6Dit=", found(Some(""), None)),
        ] {
            assert_eq!(only(query), Ok(values), "{query}");
        }
        for query in
            ["x", "=", "limit=5&x=1", "Limit=5", "limit%20=5", "limits=5", "limit[]=5", "limit=5&limit=5&x"]
        {
            assert_eq!(only(query), Err(QueryFlaw::Unknown), "{query}");
        }
        assert_eq!(only("limit=5&limit=5"), Err(QueryFlaw::Repeated("limit")));
    }

    #[test]
    fn a_flag_is_one_of_two_words() {
        assert_eq!(flag("current", None), Ok(None));
        assert_eq!(flag("current", Some("true")), Ok(Some(true)));
        assert_eq!(flag("current", Some("false")), Ok(Some(false)));
        for bad in ["", "1", "True", "yes", "true "] {
            assert_eq!(flag("current", Some(bad)), Err(QueryFlaw::NotFlag("current")), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(query in any::<String>(), like in "(limit|search|=|&|%|%f|a|\\+){0,20}") {
            let _ = page(&query);
            let _ = page(&like);
        }

        #[test]
        fn any_text_survives(search in any::<String>()) {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("search", &search).finish();
            prop_assert_eq!(page(&query), Ok([None, Some(Cow::Owned(search))]));
        }
    }
}
