//! As much of an OpenAPI document as the page shows, in the document's own order.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) info: Info,
    pub(super) servers: Vec<Server>,
    pub(super) tags: Vec<Tag>,
    /// By path, then by method.
    pub(super) paths: IndexMap<String, IndexMap<String, Operation>>,
    pub(super) components: Components,
}

#[derive(Debug, Deserialize)]
pub(super) struct Info {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Server {
    pub(super) url: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    #[serde(rename = "operationId")]
    pub(super) id: String,
    pub(super) tags: Vec<String>,
    pub(super) summary: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) request_body: Option<Body>,
    pub(super) responses: IndexMap<String, Response>,
    #[serde(default)]
    pub(super) security: Vec<IndexMap<String, Value>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
    pub(super) required: bool,
    #[serde(default)]
    pub(super) description: String,
    pub(super) schema: Schema,
}

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) description: String,
    pub(super) content: IndexMap<String, Media>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Media {
    pub(super) schema: Schema,
    pub(super) example: Option<Value>,
    #[serde(default)]
    pub(super) examples: IndexMap<String, Example>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Example {
    pub(super) value: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Response {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) description: String,
    pub(super) headers: IndexMap<String, Header>,
    pub(super) content: IndexMap<String, Media>,
}

/// One that says something about this answer; those of every answer are referred to, and are shown
/// once.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) description: String,
    pub(super) example: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Components {
    pub(super) schemas: IndexMap<String, Schema>,
    pub(super) responses: IndexMap<String, Response>,
    pub(super) headers: IndexMap<String, Header>,
    pub(super) security_schemes: IndexMap<String, Scheme>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Scheme {
    pub(super) description: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    /// A word, or several.
    #[serde(rename = "type")]
    pub(super) kind: Value,
    pub(super) properties: IndexMap<String, Schema>,
    pub(super) required: Vec<String>,
    pub(super) items: Option<Box<Schema>>,
    #[serde(rename = "enum")]
    pub(super) words: Vec<Value>,
    pub(super) format: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) minimum: Option<u64>,
    pub(super) maximum: Option<u64>,
    pub(super) default: Value,
    pub(super) description: String,
}

/// The name at the end of a reference.
pub(super) fn name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
