//! The document as one page: what it is about, each operation below its tag, and the schemas.

use std::fmt::{self, Display};

use super::html::{Escaped, Prose};
use super::model::{Document, Schema};
use super::operation::{Method, Placed, answer, fields, header, operations};

pub(super) fn of(document: &Document) -> String {
    Whole(document).to_string()
}

struct Whole<'a>(&'a Document);

impl Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = self.0;
        let (title, version) = (Escaped(&document.info.title), Escaped(&document.info.version));
        let base = document.servers.first().map_or("", |server| server.url.as_str());
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} {version}</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#content\">Skip the list of routes</a>\n"
        )?;
        contents(f, document)?;
        write!(
            f,
            "<main id=\"content\">\n<header>\n<h1>{title} <small>{version}</small></h1>\n\
             <p>Below <code>{base}</code>; as <a href=\"{base}/openapi.json\">OpenAPI 3.1</a> for programs.</p>\n",
            base = Escaped(base),
        )?;
        for paragraph in document.info.description.split("\n\n") {
            writeln!(f, "<p>{}</p>", Prose(paragraph))?;
        }
        f.write_str("</header>\n")?;
        for tag in &document.tags {
            write!(
                f,
                "<section class=\"tag\">\n<h2>{}</h2>\n<p>{}</p>\n",
                Escaped(&tag.name),
                Prose(&tag.description)
            )?;
            for placed in operations(document, &tag.name) {
                placed.fmt(f)?;
            }
            f.write_str("</section>\n")?;
        }
        answers(f, document)?;
        f.write_str("<section class=\"tag\">\n<h2>Schemas</h2>\n")?;
        for (name, schema) in &document.components.schemas {
            section(f, name, schema)?;
        }
        f.write_str("</section>\n</main>\n</body>\n</html>\n")
    }
}

fn contents(f: &mut fmt::Formatter<'_>, document: &Document) -> fmt::Result {
    f.write_str("<nav aria-label=\"Routes\">\n")?;
    for tag in &document.tags {
        write!(f, "<p>{}</p>\n<ul>\n", Escaped(&tag.name))?;
        for Placed { method, path, operation, .. } in operations(document, &tag.name) {
            writeln!(
                f,
                "<li><a href=\"#{}\">{} <code>{}</code></a></li>",
                Escaped(&operation.id),
                Method(method),
                Escaped(path)
            )?;
        }
        f.write_str("</ul>\n")?;
    }
    f.write_str("</nav>\n")
}

/// What holds for all: the headers of every answer, and what is told where there is no operation.
fn answers(f: &mut fmt::Formatter<'_>, document: &Document) -> fmt::Result {
    f.write_str("<section class=\"tag\">\n<h2>Every answer</h2>\n<article>\n")?;
    for (name, told) in &document.components.headers {
        header(f, name, told)?;
    }
    for (status, name) in [("404", "NotFound"), ("405", "MethodNotAllowed")] {
        if let Some(response) = document.components.responses.get(name) {
            answer(f, status, response)?;
        }
    }
    f.write_str("</article>\n</section>\n")
}

fn section(f: &mut fmt::Formatter<'_>, name: &str, schema: &Schema) -> fmt::Result {
    write!(
        f,
        "<article id=\"{name}\">\n<h3>{name}</h3>\n<p>{}</p>\n",
        Prose(&schema.description),
        name = Escaped(name)
    )?;
    fields(f, "Fields", schema)?;
    f.write_str("</article>\n")
}
