//! One operation: who may ask, what it takes, what it answers and what it refuses.

use std::fmt::{self, Display};

use indexmap::IndexMap;
use serde_json::Value;

use super::html::{Escaped, Prose};
use super::model::{Body, Document, Header, Media, Operation, Parameter, Response, Schema, name};
use super::shape;

/// An operation with its place.
pub(super) struct Placed<'a> {
    document: &'a Document,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) operation: &'a Operation,
}

/// Those below a tag.
pub(super) fn operations<'a>(document: &'a Document, tag: &'a str) -> impl Iterator<Item = Placed<'a>> {
    let each = document.paths.iter().flat_map(|(path, item)| item.iter().map(move |it| (path, it)));
    let placed = move |(path, (method, operation)): (&'a String, (&'a String, &'a Operation))| Placed {
        document,
        method,
        path,
        operation,
    };
    each.map(placed).filter(move |placed| placed.operation.tags.iter().any(|own| own == tag))
}

pub(super) struct Method<'a>(pub(super) &'a str);

impl Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = Escaped(self.0).to_string();
        write!(f, "<span class=\"method {method}\">{}</span>", method.to_uppercase())
    }
}

impl Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, method, path, operation } = self;
        write!(
            f,
            "<article id=\"{id}\">\n<h3>{} <code>{}</code></h3>\n<p class=\"summary\">{} <a class=\"name\" href=\"#{id}\">{id}</a></p>\n<p>{}</p>\n",
            Method(method),
            Escaped(path),
            Escaped(&operation.summary),
            Prose(&operation.description),
            id = Escaped(&operation.id),
        )?;
        writeln!(f, "<p class=\"security\">{}</p>", Prose(&self.security()))?;
        if !operation.parameters.is_empty() {
            parameters(f, &operation.parameters)?;
        }
        if let Some(body) = &operation.request_body {
            request(f, document, body)?;
        }
        for (status, response) in &operation.responses {
            answer(f, status, response.resolved(document))?;
        }
        f.write_str("</article>\n")
    }
}

impl Placed<'_> {
    /// Who may ask.
    fn security(&self) -> String {
        let schemes = &self.document.components.security_schemes;
        let asked = self.operation.security.iter().flat_map(|one| one.keys());
        let described = asked
            .filter_map(|name| schemes.get(name).map(|scheme| format!("`{name}`: {}", scheme.description)));
        let described: Vec<_> = described.collect();
        let optional = self.operation.security.iter().any(IndexMap::is_empty);
        match (described.is_empty(), optional) {
            (true, _) => "Anyone may ask.".to_owned(),
            (false, true) => format!("Anyone may ask, or only with {}", described.join(" ")),
            (false, false) => format!("Only with {}", described.join(" ")),
        }
    }
}

impl Response {
    fn resolved<'a>(&'a self, document: &'a Document) -> &'a Self {
        let reference = self.reference.as_deref();
        reference.and_then(|it| document.components.responses.get(name(it))).unwrap_or(self)
    }
}

fn parameters(f: &mut fmt::Formatter<'_>, parameters: &[Parameter]) -> fmt::Result {
    f.write_str("<table>\n<caption>Parameters</caption>\n")?;
    for Parameter { name, place, required, description, schema } in parameters {
        let place = if *required { place.clone() } else { format!("{place}, may be left out") };
        row(f, name, &place, schema, description)?;
    }
    f.write_str("</table>\n")
}

fn request(f: &mut fmt::Formatter<'_>, document: &Document, body: &Body) -> fmt::Result {
    for (media_type, Media { schema, .. }) in &body.content {
        let named = schema.reference.as_deref().and_then(|it| document.components.schemas.get(name(it)));
        fields(f, &format!("Body, {media_type}"), named.unwrap_or(schema))?;
    }
    writeln!(f, "<p class=\"aside\">{}</p>", Prose(&body.description))
}

pub(super) fn fields(f: &mut fmt::Formatter<'_>, caption: &str, schema: &Schema) -> fmt::Result {
    write!(f, "<table>\n<caption>{}</caption>\n", Escaped(caption))?;
    for (name, shape) in &schema.properties {
        let presence = if schema.required.contains(name) { "" } else { "may be left out" };
        row(f, name, presence, shape, &shape.description)?;
    }
    f.write_str("</table>\n")
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, presence: &str, schema: &Schema, says: &str) -> fmt::Result {
    writeln!(
        f,
        "<tr><th scope=\"row\"><code>{}</code> <small>{}</small></th><td>{}</td><td>{}</td></tr>",
        Escaped(name),
        Escaped(presence),
        shape::of(schema),
        Prose(says)
    )
}

pub(super) fn answer(f: &mut fmt::Formatter<'_>, status: &str, response: &Response) -> fmt::Result {
    let class = if status.starts_with('2') { "good" } else { "bad" };
    write!(
        f,
        "<details>\n<summary><b class=\"{class}\">{}</b> {}</summary>\n",
        Escaped(status),
        Prose(&response.description)
    )?;
    headers(f, response)?;
    for media in response.content.values() {
        if let Some(example) = &media.example {
            writeln!(f, "<p>{}</p>\n<pre>{}</pre>", shape::of(&media.schema), Escaped(&pretty(example)))?;
        }
        if !media.examples.is_empty() {
            f.write_str("<ul>\n")?;
            for example in media.examples.values() {
                writeln!(f, "<li><code>{}</code></li>", Escaped(&example.value.to_string()))?;
            }
            f.write_str("</ul>\n")?;
        }
    }
    f.write_str("</details>\n")
}

/// Those that this answer has and others have not.
fn headers(f: &mut fmt::Formatter<'_>, response: &Response) -> fmt::Result {
    let own = response.headers.iter().filter(|(_, told)| told.reference.is_none());
    own.into_iter().try_for_each(|(name, told)| header(f, name, told))
}

pub(super) fn header(f: &mut fmt::Formatter<'_>, name: &str, told: &Header) -> fmt::Result {
    let example = told.example.as_ref().map(shape::spelt).unwrap_or_default();
    writeln!(
        f,
        "<p><code>{}: {}</code><br>{}</p>",
        Escaped(name),
        Escaped(&example),
        Prose(&told.description)
    )
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a JSON value is JSON")
}
