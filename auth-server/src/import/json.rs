//! One line of JSON: an object, whose keys differ.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::cell::{Cell, Shape, Truth};
use super::reason::Reason;

/// The keys and values of a line, in their order.
pub(super) fn object(line: &[u8]) -> Result<Vec<(String, Cell)>, Reason> {
    let text = std::str::from_utf8(line).map_err(|_| Reason::NotUtf8)?;
    match serde_json::from_str::<Object>(text) {
        Ok(Object(Ok(pairs))) => Ok(pairs),
        Ok(Object(Err(key))) => Err(Reason::DuplicateKey(key)),
        Err(error) if error.is_data() => Err(Reason::NoObject),
        // Of the error itself only the place is told: its words may quote the line.
        Err(error) => Err(Reason::NoJson(error.column())),
    }
}

/// The pairs, or the first key that came twice.
struct Object(Result<Vec<(String, Cell)>, String>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut pairs: Vec<(String, Cell)> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                let mut twice = None;
                while let Some((key, value)) = map.next_entry::<String, Cell>()? {
                    if !seen.insert(key.clone()) {
                        twice.get_or_insert(key);
                        continue;
                    }
                    pairs.push((key, value));
                }
                Ok(Object(twice.map_or(Ok(pairs), Err)))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;

        impl<'de> Visitor<'de> for Value {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell::of_text(text))
            }

            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Cell, E> {
                Ok(Cell::Truth(if truth { Truth::Yes } else { Truth::No }))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell::Number(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Cell, E> {
                Ok(i64::try_from(number).map_or(Cell::Other(Shape::Fraction), Cell::Number))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Cell, E> {
                Ok(Cell::Other(Shape::Fraction))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Cell, E> {
                Ok(Cell::Nothing)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Cell::Other(Shape::List))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Cell::Other(Shape::Object))
            }
        }

        deserializer.deserialize_any(Value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_kind_of_value_is_told_from_the_others() {
        let line = r#"{"a":"x","b":7,"c":true,"d":null,"e":" ","f":[1,[2]],"g":{"h":{}},"i":0.5,"j":99999999999999999999,"k":-1}"#;
        let Ok(pairs) = object(line.as_bytes()) else { panic!("it is an object") };
        let expected = [
            ("a", Cell::Text("x".into())),
            ("b", Cell::Number(7)),
            ("c", Cell::Truth(Truth::Yes)),
            ("d", Cell::Nothing),
            ("e", Cell::Nothing),
            ("f", Cell::Other(Shape::List)),
            ("g", Cell::Other(Shape::Object)),
            ("i", Cell::Other(Shape::Fraction)),
            ("j", Cell::Other(Shape::Fraction)),
            ("k", Cell::Number(-1)),
        ];
        assert_eq!(pairs.len(), expected.len());
        for ((key, cell), (name, value)) in pairs.iter().zip(expected) {
            assert!(key == name && *cell == value, "{key}");
        }
    }

    #[test]
    fn what_is_no_object_of_different_keys_is_refused() {
        let refused = |line: &[u8]| object(line).err();
        assert_eq!(refused(br#"{"a":1,"b":2,"\u0061":3}"#), Some(Reason::DuplicateKey("a".into())));
        for line in ["[]", "1", "null", "\"hunter2\""] {
            assert_eq!(refused(line.as_bytes()), Some(Reason::NoObject), "{line}");
        }
        assert_eq!(refused(br#"{"a":1} {}"#), Some(Reason::NoJson(9)));
        assert_eq!(refused(br#"{"a":"#), Some(Reason::NoJson(5)));
        assert_eq!(refused(b"{\"a\":\"\xFF\"}"), Some(Reason::NotUtf8));
        let deep = format!("{{\"a\":{}", "[".repeat(10_000));
        assert!(matches!(refused(deep.as_bytes()), Some(Reason::NoJson(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(line in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..100),
            r#"[{}\[\]":,a1e.\\ ntf-]{0,60}"#.prop_map(String::into_bytes),
        ]) {
            let _ = object(&line);
        }
    }
}
