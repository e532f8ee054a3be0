//! A schema in words.

use serde_json::Value;

use super::html::Escaped;
use super::model::{Schema, name};

/// What a value is, as HTML: its type, and between which bounds.
pub(super) fn of(schema: &Schema) -> String {
    if let Some(reference) = &schema.reference {
        let name = Escaped(name(reference)).to_string();
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    if let Some(items) = &schema.items {
        return format!("list of {}", of(items));
    }
    let mut words = vec![kind(schema)];
    words.extend(lengths(schema));
    words.extend(bounds(schema));
    if let Some(pattern) = &schema.pattern {
        words.push(format!("matching <code>{}</code>", Escaped(pattern)));
    }
    if !schema.default.is_null() {
        words.push(format!("<code>{}</code> unless given", Escaped(&spelt(&schema.default))));
    }
    words.join(", ")
}

fn kind(schema: &Schema) -> String {
    if !schema.words.is_empty() {
        let words = schema.words.iter().map(|word| format!("<code>{}</code>", Escaped(&spelt(word))));
        return words.collect::<Vec<_>>().join(" | ");
    }
    let types: Vec<_> = match &schema.kind {
        Value::Array(types) => types.iter().map(spelt).collect(),
        one => vec![spelt(one)],
    };
    let types = types.join(" or ");
    match &schema.format {
        Some(format) => format!("{} ({})", Escaped(&types), Escaped(format)),
        None => Escaped(&types).to_string(),
    }
}

fn lengths(schema: &Schema) -> Option<String> {
    match (schema.min_length, schema.max_length) {
        (None, None) => None,
        (Some(least), None) => Some(format!("{least} characters or more")),
        (None, Some(most)) => Some(format!("at most {most} characters")),
        (Some(least), Some(most)) => Some(format!("{least} to {most} characters")),
    }
}

fn bounds(schema: &Schema) -> Option<String> {
    match (schema.minimum, schema.maximum) {
        (None, None) => None,
        (Some(least), None) => Some(format!("{least} or more")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    }
}

/// A value as a person writes it: text without its quotes.
pub(super) fn spelt(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_told_in_words() {
        for (schema, words) in [
            (json!({ "$ref": "#/components/schemas/User" }), "<a href=\"#User\">User</a>"),
            (
                json!({ "type": "array", "items": { "$ref": "#/x/User" } }),
                "list of <a href=\"#User\">User</a>",
            ),
            (json!({ "type": ["string", "null"], "format": "uuid" }), "string or null (uuid)"),
            (
                json!({ "type": "string", "minLength": 8, "maxLength": 512, "pattern": "^[^<]*$" }),
                "string, 8 to 512 characters, matching <code>^[^&lt;]*$</code>",
            ),
            (json!({ "type": "string", "maxLength": 64 }), "string, at most 64 characters"),
            (
                json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }),
                "integer, 1 to 200, <code>50</code> unless given",
            ),
            (json!({ "type": "string", "enum": ["a", null] }), "<code>a</code> | <code>null</code>"),
        ] {
            let read: Schema = serde_json::from_value(schema.clone()).expect("a schema");
            assert_eq!(of(&read), words, "{schema}");
        }
    }
}
