//! The fields of a JSON object, read so that every mistake has a sentence of our own.
//!
//! A derived reader would say what is wrong in serde's words, and those quote the input: a
//! password sent as a number would come back in the answer. So the object is read by hand: its
//! shape is noted, never its values.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::status::BodyFlaw;

/// A field of an object, there or not.
pub(super) struct Field {
    name: &'static str,
    value: Option<Value>,
}

impl Field {
    /// The text of a field that must be there; it is not empty.
    pub(super) fn text(self) -> Result<Zeroizing<String>, BodyFlaw> {
        let missing = BodyFlaw::Missing(self.name);
        self.optional_text()?.ok_or(missing)
    }

    /// The text of a field that may be left out; `null` is no text.
    pub(super) fn optional_text(self) -> Result<Option<Zeroizing<String>>, BodyFlaw> {
        match self.value {
            None => Ok(None),
            Some(Value::Text(text)) if text.is_empty() => Err(BodyFlaw::Empty(self.name)),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Flag(_) | Value::Other) => Err(BodyFlaw::NotText(self.name)),
        }
    }

    /// `true` or `false`, in a field that may be left out; `null` is neither.
    pub(super) fn optional_flag(self) -> Result<Option<bool>, BodyFlaw> {
        match self.value {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            Some(Value::Text(_) | Value::Other) => Err(BodyFlaw::NotFlag(self.name)),
        }
    }
}

/// Reads the fields with these names, all of which must be there and be text that is not empty.
pub(super) fn texts<const N: usize>(
    body: &[u8],
    names: [&'static str; N],
) -> Result<[Zeroizing<String>; N], BodyFlaw> {
    let mut texts = std::array::from_fn(|_| Zeroizing::new(String::new()));
    for (field, text) in read(body, names)?.into_iter().zip(&mut texts) {
        *text = field.text()?;
    }
    Ok(texts)
}

/// Reads the fields with these names.
///
/// Other fields are ignored, but must be well-formed, and no key may be there twice.
pub(super) fn read<const N: usize>(body: &[u8], names: [&'static str; N]) -> Result<[Field; N], BodyFlaw> {
    // From text and not from bytes: serde_json does not check the UTF-8 of what it skips.
    let text = str::from_utf8(body).map_err(|_| BodyFlaw::NotAnObject)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let object = json.deserialize_map(ObjectVisitor { names }).map_err(|_| BodyFlaw::NotAnObject)?;
    json.end().map_err(|_| BodyFlaw::NotAnObject)?;
    match object.repeated {
        Some(flaw) => Err(flaw),
        None => Ok(object.fields),
    }
}

struct Object<const N: usize> {
    fields: [Field; N],
    repeated: Option<BodyFlaw>,
}

enum Value {
    Text(Zeroizing<String>),
    Flag(bool),
    Other,
}

struct ObjectVisitor<const N: usize> {
    names: [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for ObjectVisitor<N> {
    type Value = Object<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<N>, A::Error> {
        let mut object =
            Object { fields: self.names.map(|name| Field { name, value: None }), repeated: None };
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value()?;
            let known = self.names.iter().position(|name| *name == key);
            if !seen.insert(key) {
                let flaw = known.map_or(BodyFlaw::RepeatedUnknown, |at| BodyFlaw::Repeated(self.names[at]));
                object.repeated.get_or_insert(flaw);
            }
            if let Some(at) = known {
                object.fields[at].value = Some(value);
            }
        }
        Ok(object)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // "Any" goes down level by level, and so meets serde_json's limit of 128 levels; skipping
        // with `IgnoredAny` would accept any depth.
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<Value>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, Value>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn login(body: &str) -> Result<[String; 2], BodyFlaw> {
        texts(body.as_bytes(), ["email", "password"]).map(|texts| texts.map(|text| text.to_string()))
    }

    fn change(body: &str) -> Result<(Option<String>, Option<bool>), BodyFlaw> {
        let [name, disabled] = read(body.as_bytes(), ["name", "disabled"])?;
        Ok((name.optional_text()?.map(|text| text.to_string()), disabled.optional_flag()?))
    }

    #[test]
    fn text_comes_back_as_it_was_sent() {
        let expected = Ok(["a".to_owned(), " \u{1F98A}\0 ".to_owned()]);
        assert_eq!(login(r#"{"email":"a","password":" \ud83e\udd8a\u0000 "}"#), expected);
        assert_eq!(login("\n { \"password\" : \" \u{1F98A}\\u0000 \" ,\"\\u0065mail\":\"a\" } \t"), expected);
    }

    #[test]
    fn other_fields_are_ignored() {
        let body = r#"{"role":"ADMIN","email":"a","x":[1,{"y":null,"y":-1.5e3}],"password":"b","":{}}"#;
        assert_eq!(login(body), Ok(["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn a_field_at_fault_is_named() {
        for (body, flaw) in [
            ("{}", BodyFlaw::Missing("email")),
            (r#"{"email":"a"}"#, BodyFlaw::Missing("password")),
            (r#"{"Email":"a","password":"b"}"#, BodyFlaw::Missing("email")),
            (r#"{"email":"","password":"b"}"#, BodyFlaw::Empty("email")),
            (r#"{"email":"a","password":""}"#, BodyFlaw::Empty("password")),
            (r#"{"email":null,"password":"b"}"#, BodyFlaw::NotText("email")),
            (r#"{"email":"a","password":12345678}"#, BodyFlaw::NotText("password")),
            (r#"{"email":"a","password":-1}"#, BodyFlaw::NotText("password")),
            (r#"{"email":"a","password":1.5}"#, BodyFlaw::NotText("password")),
            (r#"{"email":"a","password":true}"#, BodyFlaw::NotText("password")),
            (r#"{"email":["a"],"password":"b"}"#, BodyFlaw::NotText("email")),
            (r#"{"email":{"a":"b"},"password":"b"}"#, BodyFlaw::NotText("email")),
        ] {
            assert_eq!(login(body), Err(flaw), "{body}");
        }
    }

    #[test]
    fn what_may_be_left_out_is_what_it_must_be_where_it_is_there() {
        for (body, expected) in [
            ("{}", Ok((None, None))),
            (r#"{"other":null}"#, Ok((None, None))),
            (r#"{"name":"a"}"#, Ok((Some("a".to_owned()), None))),
            (r#"{"disabled":false}"#, Ok((None, Some(false)))),
            (r#"{"disabled":true,"name":"a"}"#, Ok((Some("a".to_owned()), Some(true)))),
            (r#"{"name":null}"#, Err(BodyFlaw::NotText("name"))),
            (r#"{"name":false}"#, Err(BodyFlaw::NotText("name"))),
            (r#"{"name":""}"#, Err(BodyFlaw::Empty("name"))),
            (r#"{"disabled":null}"#, Err(BodyFlaw::NotFlag("disabled"))),
            (r#"{"disabled":"true"}"#, Err(BodyFlaw::NotFlag("disabled"))),
            (r#"{"disabled":1}"#, Err(BodyFlaw::NotFlag("disabled"))),
            (r#"{"disabled":[true]}"#, Err(BodyFlaw::NotFlag("disabled"))),
            (r#"{"disabled":true,"disabled":true}"#, Err(BodyFlaw::Repeated("disabled"))),
        ] {
            assert_eq!(change(body), expected, "{body}");
        }
    }

    #[test]
    fn a_key_twice_is_refused_known_or_not() {
        for (body, flaw) in [
            (r#"{"email":"a","email":"a","password":"b"}"#, BodyFlaw::Repeated("email")),
            (r#"{"email":"a","password":"b","\u0065mail":"c"}"#, BodyFlaw::Repeated("email")),
            (r#"{"password":null,"password":"b","x":1,"x":1}"#, BodyFlaw::Repeated("password")),
            (r#"{"email":"a","password":"b","x":1,"x":1}"#, BodyFlaw::RepeatedUnknown),
            (r#"{"x":1,"x":1}"#, BodyFlaw::RepeatedUnknown),
        ] {
            assert_eq!(login(body), Err(flaw), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        let deep = format!(r#"{{"email":"a","password":"b","x":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        let deeper = "[".repeat(16_000);
        for body in [
            "",
            " ",
            "null",
            "\"email\"",
            "1",
            "[]",
            r#"[{"email":"a","password":"b"}]"#,
            "{",
            r#"{"email":"a","password":"b""#,
            r#"{"email":"a","password":"b"}}"#,
            r#"{"email":"a","password":"b"} {}"#,
            r#"{"email":"a","password":"b",}"#,
            r#"{email:"a",password:"b"}"#,
            r"{'email':'a','password':'b'}",
            r#"{"email":"a","password":"\ud800"}"#,
            "{\"email\":\"a\",\"password\":\"b\0\"}",
            "\u{feff}{\"email\":\"a\",\"password\":\"b\"}",
            "email=a&password=b",
            &deep,
            &deeper,
        ] {
            assert_eq!(login(body), Err(BodyFlaw::NotAnObject), "{body}");
        }
        let not_utf_8 = b"{\"email\":\"a\",\"password\":\"b\",\"x\":\"\xff\"}";
        assert_eq!(texts(not_utf_8, ["email"]).map(|_| ()), Err(BodyFlaw::NotAnObject));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = texts(&body, ["email", "password", "name"]);
        }

        #[test]
        fn nothing_that_looks_like_json_makes_it_panic(
            body in r#"(\{|\}|\[|\]|:|,|"email"|"password"|"x"|null|1e9|\\u|"| ){0,30}"#,
        ) {
            let _ = texts(body.as_bytes(), ["email", "password"]);
            let _ = change(&body);
        }

        #[test]
        fn any_text_survives(email in "\\PC{1,40}", password in any::<String>()) {
            prop_assume!(!password.is_empty());
            let body = serde_json::json!({ "email": email, "password": password }).to_string();
            prop_assert_eq!(login(&body), Ok([email, password]));
        }
    }
}
