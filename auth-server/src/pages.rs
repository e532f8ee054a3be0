//! Static answers outside the base path: what a page, its style and its scripts are made of.
//!
//! Each stands in the program, or is made once at start. A browser may keep a copy, and asks each
//! time whether it is still good: a new version of the server is seen at once, and nothing is sent
//! twice.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use sha2::{Digest, Sha256};

use crate::answer;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// What stands at one path.
#[derive(Clone, Debug)]
pub struct Page {
    path: &'static str,
    answer: Answer,
}

#[derive(Clone, Debug)]
enum Answer {
    Body { headers: HeaderMap, body: Bytes },
    Elsewhere(&'static str),
}

impl Page {
    /// A file: a script, a style, an image, data for a script.
    pub fn file(path: &'static str, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ETAG, tag(&body));
        Self { path, answer: Answer::Body { headers, body } }
    }

    /// A document in HTML, which may do what its policy says (CSP3), and shares its window's group
    /// with nobody.
    pub fn document(path: &'static str, policy: &'static str, body: impl Into<Bytes>) -> Self {
        let mut page = Self::file(path, "text/html; charset=utf-8", body);
        if let Answer::Body { headers, .. } = &mut page.answer {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
        }
        page
    }

    /// Another way to write a path, from which a browser is sent on.
    pub fn elsewhere(path: &'static str, to: &'static str) -> Self {
        Self { path, answer: Answer::Elsewhere(to) }
    }
}

/// The pages of a server, by their exact paths.
#[derive(Clone, Debug, Default)]
pub struct Pages(Arc<HashMap<&'static str, Answer>>);

impl FromIterator<Page> for Pages {
    /// Two pages at one path are a mistake in the program; the later one wins.
    fn from_iter<I: IntoIterator<Item = Page>>(pages: I) -> Self {
        Self(Arc::new(pages.into_iter().map(|page| (page.path, page.answer)).collect()))
    }
}

impl Pages {
    /// The path that something stands at, where this is one.
    pub fn path(&self, path: &str) -> Option<&'static str> {
        self.0.get_key_value(path).map(|(path, _)| *path)
    }

    /// The answer to a request, where something stands at its path.
    pub fn answer<B>(&self, request: &Request<B>) -> Option<Response<Full<Bytes>>> {
        let found = self.0.get(request.uri().path())?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Some(answer::wrong_method("GET, HEAD"));
        }
        Some(match found {
            Answer::Elsewhere(to) => sent_on(to),
            Answer::Body { headers, body } => given(request, headers, body),
        })
    }
}

fn sent_on(to: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    response
}

fn given<B>(request: &Request<B>, headers: &HeaderMap, body: &Bytes) -> Response<Full<Bytes>> {
    let known = headers.get(ETAG).is_some_and(|tag| names(request.headers(), tag));
    let mut response = Response::new(match (known, request.method()) {
        (false, &Method::GET) => Full::new(body.clone()),
        _ => Full::default(),
    });
    // A browser takes the headers of a 304 over those it has kept: they are the same, so that the
    // policy of a page is never replaced by another.
    *response.headers_mut() = headers.clone();
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(CONTENT_TYPE);
    } else {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    response
}

/// Whether `If-None-Match` names this tag, by the weak comparison of RFC 9110 §8.8.3.2: a proxy that
/// compresses makes a weak tag of ours.
fn names(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists =
        headers.get_all(IF_NONE_MATCH).iter().flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
    let mut tags = lists.map(<[u8]>::trim_ascii);
    tags.any(|named| named == b"*" || named.strip_prefix(b"W/").unwrap_or(named) == tag.as_bytes())
}

/// A strong tag: of the content, so that all instances of a version have the same.
fn tag(body: &[u8]) -> HeaderValue {
    let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]);
    HeaderValue::try_from(format!("\"{digest}\"")).expect("base64url is header text")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    const TAG: &str = "\"uU0nuZNNPgilLlLX2n2r-g\"";

    fn pages() -> Pages {
        [
            Page::document("/page", "default-src 'none'", "hello world"),
            Page::file("/page/style.css", "text/css; charset=utf-8", "hello world"),
            Page::elsewhere("/page/", "/page"),
        ]
        .into_iter()
        .collect()
    }

    /// Status, headers in alphabetical order, body; nothing where nothing stands there.
    async fn ask(method: Method, path: &str, if_none_match: &[&str]) -> Option<(u16, Vec<String>, String)> {
        let mut request = Request::builder().method(method).uri(path);
        for list in if_none_match {
            request = request.header(IF_NONE_MATCH, *list);
        }
        let (head, body) = pages().answer(&request.body(()).expect("a request"))?.into_parts();
        let headers =
            head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")));
        let mut headers: Vec<_> = headers.collect();
        headers.sort();
        let body = body.collect().await.expect("a body").to_bytes();
        Some((head.status.as_u16(), headers, String::from_utf8(body.to_vec()).expect("UTF-8")))
    }

    fn lines(lines: &[&str]) -> Vec<String> {
        let mut lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines.sort();
        lines
    }

    #[tokio::test]
    async fn a_file_is_given_whole_and_to_head_without_its_body() {
        let headers = lines(&[
            "content-type: text/css; charset=utf-8",
            "cache-control: no-cache",
            &format!("etag: {TAG}"),
            "content-length: 11",
        ]);
        for (method, body) in [(Method::GET, "hello world"), (Method::HEAD, "")] {
            let answer = ask(method, "/page/style.css", &[]).await;
            assert_eq!(answer, Some((200, headers.clone(), body.to_owned())));
        }
    }

    #[tokio::test]
    async fn a_document_has_its_policy_and_keeps_it_when_nothing_has_changed() {
        let always = [
            "cache-control: no-cache",
            &format!("etag: {TAG}"),
            "content-security-policy: default-src 'none'",
            "cross-origin-opener-policy: same-origin",
        ];
        let whole =
            [&["content-type: text/html; charset=utf-8"], &always[..], &["content-length: 11"]].concat();
        let answer = ask(Method::GET, "/page", &[]).await;
        assert_eq!(answer, Some((200, lines(&whole), "hello world".to_owned())));
        for known in [TAG, "*", &format!("W/{TAG}"), &format!("\"x\" , {TAG}")] {
            for method in [Method::GET, Method::HEAD] {
                let answer = ask(method, "/page", &[known]).await;
                assert_eq!(answer, Some((304, lines(&always), String::new())), "{known}");
            }
        }
        let in_the_second = ask(Method::GET, "/page", &["\"x\"", TAG]).await;
        assert_eq!(in_the_second, Some((304, lines(&always), String::new())));
        for unknown in ["", "\"x\"", "uU0nuZNNPgilLlLX2n2r-g", "\"*\"", "W/"] {
            let answer = ask(Method::GET, "/page", &[unknown]).await;
            assert_eq!(answer, Some((200, lines(&whole), "hello world".to_owned())), "{unknown}");
        }
    }

    #[tokio::test]
    async fn another_way_to_write_a_path_leads_to_it() {
        let answer = ask(Method::GET, "/page/", &[]).await;
        assert_eq!(answer, Some((308, lines(&["location: /page"]), String::new())));
    }

    #[tokio::test]
    async fn paths_match_exactly_and_only_get_and_head_are_taken() {
        for path in ["/", "/Page", "/page/style.css/", "/page//style.css", "/p%61ge", "/page/../page"] {
            assert_eq!(ask(Method::GET, path, &[]).await, None, "{path}");
        }
        assert!(ask(Method::GET, "/page?next=1", &[]).await.is_some(), "a query changes nothing");
        for path in ["/page", "/page/", "/page/style.css"] {
            for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
                let headers = lines(&[
                    "content-type: application/json",
                    "cache-control: no-store",
                    "x-content-type-options: nosniff",
                    "allow: GET, HEAD",
                ]);
                let refused = (405, headers, r#"{"error":"Method not allowed"}"#.to_owned());
                assert_eq!(ask(method, path, &[]).await, Some(refused), "{path}");
            }
        }
    }
}
