//! The shapes: what is sent, and the statuses of the answers to it and to the honest request behind.

/// A POST to a route that reads a body and has no use for it: 401 where the body was read to its
/// end.
const POST: &str = "POST /api/auth/logout HTTP/1.1\r\nHost: x\r\n";
const GET: &str = "GET /healthz HTTP/1.1\r\n";
/// What one server in a row might see, and the other not.
const HIDDEN: &str = "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n";

const HOST: &str = "Host: x\r\n";

/// What it is, what is sent, and the statuses that come back.
type Shape = (&'static str, String, Vec<u16>);

pub(super) fn all() -> Vec<Shape> {
    [lengths(), chunks(), fields(), first_lines(), sizes(), packed()].concat()
}

fn post(fields: &str, rest: &str) -> String {
    format!("{POST}{fields}\r\n{rest}")
}

fn get(fields: &str) -> String {
    format!("{GET}{fields}\r\n")
}

fn chunked(rest: &str) -> String {
    post("Transfer-Encoding: chunked\r\n", rest)
}

fn login(fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         {fields}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// How long the body is.
fn lengths() -> Vec<Shape> {
    vec![
        ("an honest body", post("Content-Length: 2\r\n", "{}"), vec![401, 200]),
        ("honest chunks", chunked("2\r\n{}\r\n0\r\n\r\n"), vec![401, 200]),
        // With both, the chunks count and the connection is closed behind the answer (RFC 9112 §6.1),
        // so nothing hides in what the other length would have been.
        (
            "a length, and chunks",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{HIDDEN}")),
            vec![401],
        ),
        (
            "chunks, and a length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 40\r\n", &format!("0\r\n\r\n{HIDDEN}")),
            vec![401],
        ),
        ("two lengths that differ", post("Content-Length: 2\r\nContent-Length: 0\r\n", "{}"), vec![400]),
        ("two lengths that agree", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), vec![401, 200]),
        ("a list of lengths", post("Content-Length: 2, 2\r\n", "{}"), vec![400]),
        ("a length with a sign", post("Content-Length: +2\r\n", "{}"), vec![400]),
        ("a negative length", post("Content-Length: -2\r\n", "{}"), vec![400]),
        ("a hexadecimal length", post("Content-Length: 0x2\r\n", "{}"), vec![400]),
        ("an empty length", post("Content-Length:\r\n", "{}"), vec![400]),
        ("a length beyond 64 bits", post("Content-Length: 18446744073709551616\r\n", "{}"), vec![400]),
        ("a length of 64 bits", post("Content-Length: 18446744073709551615\r\n", "{}"), vec![431]),
        ("chunks that are not last", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), vec![400]),
        (
            "chunks, then none",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
            vec![400],
        ),
        ("an unknown transfer coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), vec![400]),
        (
            "a vertical tab before chunked",
            post("Transfer-Encoding: \u{b}chunked\r\n", "0\r\n\r\n"),
            vec![400],
        ),
        (
            "chunks on HTTP/1.0",
            format!("POST /api/auth/logout HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
            vec![400],
        ),
    ]
}

fn chunks() -> Vec<Shape> {
    vec![
        ("a chunk size that overflows", chunked("fffffffffffffffff\r\n"), vec![400]),
        ("a chunk size of no number", chunked("xyz\r\n"), vec![400]),
        ("a chunk size with a sign", chunked("+2\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("no chunk size", chunked("\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk size that ends in LF", chunked("2\n{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk longer than it says", chunked("2\r\n{}{}\r\n0\r\n\r\n"), vec![400]),
        ("a chunk extension with LF in it", chunked("2;a=\n\r\n{}\r\n0\r\n\r\n"), vec![400]),
        ("trailers without end", chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(65))), vec![400]),
    ]
}

fn fields() -> Vec<Shape> {
    vec![
        ("a folded field", get("Host: x\r\nX: a\r\n b\r\n"), vec![400]),
        ("a first field that is folded", get(" X: a\r\nHost: x\r\n"), vec![400]),
        ("space before the colon", get("Host: x\r\nX : a\r\n"), vec![400]),
        ("space before the colon of a length", post("Content-Length : 2\r\n", "{}"), vec![400]),
        ("a field without a colon", get("Host: x\r\nX\r\n"), vec![400]),
        ("a field without a name", get("Host: x\r\n: a\r\n"), vec![400]),
        ("a bare CR in a field", get("Host: x\r\nX: a\rY: b\r\n"), vec![400]),
        ("a NUL in a field", get("Host: x\r\nX: a\0b\r\n"), vec![400]),
        // A recipient may take LF alone for the end of a line (RFC 9112 §2.2); hyper
        // does so everywhere, so there is but one way to read it here.
        ("bare LFs", "GET /healthz HTTP/1.1\nHost: x\n\n".to_owned(), vec![200, 200]),
        ("empty lines before it", format!("\r\n\r\n{}", get(HOST)), vec![200, 200]),
        ("no host", get(""), vec![400, 200]),
        ("two hosts", get("Host: x\r\nHost: y\r\n"), vec![400, 200]),
    ]
}

fn first_lines() -> Vec<Shape> {
    vec![
        ("an absolute target", format!("GET http://x/healthz HTTP/1.1\r\n{HOST}\r\n"), vec![200, 200]),
        ("a target with a fragment", format!("GET /healthz#a HTTP/1.1\r\n{HOST}\r\n"), vec![200, 200]),
        ("a target of stars", format!("OPTIONS * HTTP/1.1\r\n{HOST}\r\n"), vec![404, 200]),
        ("a tunnel", format!("CONNECT x:1 HTTP/1.1\r\n{HOST}\r\n"), vec![404, 200]),
        ("two spaces", format!("GET  /healthz HTTP/1.1\r\n{HOST}\r\n"), vec![400]),
        ("a third word", format!("GET /healthz HTTP/1.1 x\r\n{HOST}\r\n"), vec![400]),
        ("no version", "GET /healthz\r\n\r\n".to_owned(), vec![400]),
        ("another version", format!("GET /healthz HTTP/3.0\r\n{HOST}\r\n"), vec![400]),
        ("a broken preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_owned(), vec![400]),
        (
            "an upgrade to HTTP/2",
            get(
                "Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            ),
            vec![200, 200],
        ),
    ]
}

fn sizes() -> Vec<Shape> {
    vec![
        ("64 fields", get(&format!("{HOST}{}", "X: a\r\n".repeat(63))), vec![200, 200]),
        ("65 fields", get(&format!("{HOST}{}", "X: a\r\n".repeat(64))), vec![431]),
        ("a head of nearly 16 KiB", get(&format!("{HOST}X: {}\r\n", "a".repeat(16_000))), vec![200, 200]),
        ("a field of 16 KiB", get(&format!("{HOST}X: {}\r\n", "a".repeat(16_384))), vec![431]),
        ("a field of 200 KiB", get(&format!("{HOST}X: {}\r\n", "a".repeat(200_000))), vec![431]),
        ("a target of 20 KiB", format!("GET /{} HTTP/1.1\r\n{HOST}\r\n", "a".repeat(20_000)), vec![431]),
        ("a target of 70 KiB", format!("GET /{} HTTP/1.1\r\n{HOST}\r\n", "a".repeat(70_000)), vec![431]),
    ]
}

/// No body is unpacked.
fn packed() -> Vec<Shape> {
    vec![
        ("a compressed body", login("Content-Encoding: gzip\r\n", "{}"), vec![415, 200]),
        ("a body compressed twice", login("Content-Encoding: identity, br\r\n", "{}"), vec![415, 200]),
        ("a body that is as it is", login("Content-Encoding: identity\r\n", "{}"), vec![400, 200]),
        (
            "chunks of a compressed body",
            post("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
            vec![401, 200],
        ),
    ]
}
