//! `/healthz` and `/readyz`, and 404 for all else outside the base path.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use tokio::time::timeout;

use crate::answer;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The paths of the process's own health.
pub const PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// Whether the database answers.
pub trait Ready: Clone + Send + Sync + 'static {
    /// Asks it; cheap enough to be asked every second.
    fn is_ready(&self) -> impl Future<Output = bool> + Send;
}

/// Answers everything that is neither under the base path nor a page.
pub async fn outside<B>(request: Request<B>, database: impl Ready) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if !PATHS.contains(&path) {
        return answer::error(StatusCode::NOT_FOUND, "Not found");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return answer::wrong_method("GET, HEAD");
    }
    if path == "/healthz" {
        return answer::json(StatusCode::OK, r#"{"status":"ok"}"#);
    }
    if timeout(PATIENCE, database.is_ready()).await == Ok(true) {
        answer::json(StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        answer::unavailable()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[derive(Clone, Copy)]
    enum Database {
        Up,
        Down,
        Silent,
    }

    impl Ready for Database {
        async fn is_ready(&self) -> bool {
            match self {
                Self::Up => true,
                Self::Down => false,
                Self::Silent => std::future::pending().await,
            }
        }
    }

    async fn ask(method: Method, path: &str, database: Database) -> (u16, String, Vec<String>) {
        let request = Request::builder().method(method).uri(path).body(()).expect("a request");
        let (head, body) = outside(request, database).await.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let headers =
            head.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")));
        (head.status.as_u16(), String::from_utf8(body.to_vec()).expect("UTF-8"), headers.collect())
    }

    const STANDARD: [&str; 3] =
        ["content-type: application/json", "cache-control: no-store", "x-content-type-options: nosniff"];

    #[tokio::test(start_paused = true)]
    async fn the_process_is_well_and_the_database_is_asked() {
        for (method, path, database, status, body, more) in [
            (Method::GET, "/healthz", Database::Down, 200, r#"{"status":"ok"}"#, None),
            (Method::GET, "/readyz", Database::Up, 200, r#"{"status":"ready"}"#, None),
            (
                Method::GET,
                "/readyz",
                Database::Down,
                503,
                r#"{"error":"Service unavailable"}"#,
                Some("retry-after: 1"),
            ),
            (
                Method::GET,
                "/readyz",
                Database::Silent,
                503,
                r#"{"error":"Service unavailable"}"#,
                Some("retry-after: 1"),
            ),
            (
                Method::POST,
                "/readyz",
                Database::Up,
                405,
                r#"{"error":"Method not allowed"}"#,
                Some("allow: GET, HEAD"),
            ),
            (Method::GET, "/", Database::Up, 404, r#"{"error":"Not found"}"#, None),
            (Method::POST, "/healthz/", Database::Up, 404, r#"{"error":"Not found"}"#, None),
        ] {
            let headers = STANDARD.into_iter().chain(more).map(str::to_owned).collect();
            assert_eq!(ask(method, path, database).await, (status, body.to_owned(), headers), "{path}");
        }
    }
}
