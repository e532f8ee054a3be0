//! An answer, and what can be insisted on: status, headers, and the whole body.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL,
    CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER, SET_COOKIE, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

use super::Settings;

/// An answer to a request, which is named in every complaint.
pub(super) struct Answer {
    shown: String,
    settings: Settings,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Takes an answer, and insists on what every answer must have.
    pub(super) fn new(shown: String, settings: Settings, response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        let answer = Self { shown, settings, status: head.status, headers: head.headers, body };
        answer.has(&CONTENT_TYPE, &["application/json"]);
        // Public keys are what everyone may keep, and nothing else is.
        let keys = answer.status == StatusCode::OK && answer.shown.ends_with(" /api/auth/jwks.json");
        answer.has(&CACHE_CONTROL, &[if keys { "public, max-age=300" } else { "no-store" }]);
        answer.has(&X_CONTENT_TYPE_OPTIONS, &["nosniff"]);
        if answer.settings.trusted_origins().is_empty() {
            answer.is_for_no_page().has(&VARY, &[]);
        } else {
            let vary = answer.values(&VARY);
            assert!(vary.len() == 1 && vary[0].starts_with("Origin"), "{}", answer.told("Vary: Origin"));
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            let challenge = answer.values(&WWW_AUTHENTICATE);
            assert!(
                challenge.iter().any(|value| value.starts_with("Bearer")),
                "{}",
                answer.told("a challenge")
            );
        }
        answer
    }

    /// Insists that no page of another origin may read it: it says nothing of CORS.
    pub(super) fn is_for_no_page(&self) -> &Self {
        let said = self.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(said, None, "{}", self.told("no CORS header"));
        self
    }

    /// Insists that a page of this origin, and of no other, may read it.
    pub(super) fn is_for_pages_of(&self, origin: &str) -> &Self {
        self.has(&ACCESS_CONTROL_ALLOW_ORIGIN, &[origin])
            .has(&ACCESS_CONTROL_ALLOW_CREDENTIALS, &["true"])
            .has(&ACCESS_CONTROL_EXPOSE_HEADERS, &["location, retry-after, www-authenticate"])
    }

    /// Insists on the answer to a preflight from this origin, for a path with these methods.
    pub(super) fn permits(&self, methods: &str, origin: &str) -> &Self {
        self.is(StatusCode::NO_CONTENT, "")
            .is_for_pages_of(origin)
            .has(&ACCESS_CONTROL_ALLOW_METHODS, &[methods])
            .has(&ACCESS_CONTROL_ALLOW_HEADERS, &["authorization, content-type, x-bootstrap-token"])
            .has(&ACCESS_CONTROL_MAX_AGE, &["600"])
            .has(&VARY, &["Origin, Access-Control-Request-Method, Access-Control-Request-Headers"])
            .leaves_cookie()
    }

    /// Insists on the status.
    pub(super) fn has_status(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.told("the status"));
        self
    }

    /// Insists on exactly these values of a header, in this order.
    pub(super) fn has(&self, name: &HeaderName, values: &[&str]) -> &Self {
        assert_eq!(self.values(name), values, "{}", self.told(name.as_str()));
        self
    }

    /// Insists on the status and the whole body.
    pub(super) fn is(&self, status: StatusCode, body: &str) -> &Self {
        self.has_status(status);
        assert_eq!(self.body_text(), body, "{}", self.told("the body"));
        self
    }

    /// Insists on the status and an error of exactly this sentence.
    pub(super) fn refuses(&self, status: StatusCode, sentence: &str) -> &Self {
        self.is(status, &format!(r#"{{"error":"{sentence}"}}"#))
    }

    /// Insists on the status and an error of one sentence, in the contract's form.
    pub(super) fn refuses_somehow(&self, status: StatusCode) -> &Self {
        self.has_status(status);
        let sentence = self.text("error");
        let whole = format!(r#"{{"error":{}}}"#, Value::from(sentence.as_str()));
        assert_eq!(self.body_text(), whole, "{}", self.told("the error and nothing else"));
        assert!(!sentence.trim().is_empty() && !sentence.contains('\n'), "{}", self.told("one sentence"));
        self.leaves_cookie()
    }

    /// Insists on 400 and a sentence that names the field.
    pub(super) fn blames(&self, field: &str) -> &Self {
        self.refuses_somehow(StatusCode::BAD_REQUEST);
        let sentence = self.text("error").to_lowercase();
        assert!(
            sentence.contains(&field.to_lowercase()),
            "{}",
            self.told(&format!("a sentence that names {field}"))
        );
        self
    }

    /// Insists that the challenge says nothing of a token, because none was sent.
    pub(super) fn challenges(&self) -> &Self {
        self.has(&WWW_AUTHENTICATE, &["Bearer"])
    }

    /// Insists on the refusal of a bearer token.
    pub(super) fn refuses_bearer(&self) -> &Self {
        self.refuses(StatusCode::UNAUTHORIZED, "Invalid or expired token");
        self.has(&WWW_AUTHENTICATE, &[r#"Bearer error="invalid_token""#]).leaves_cookie()
    }

    /// Insists on the refusal of a refresh token, which clears the cookie.
    pub(super) fn refuses_refresh(&self) -> &Self {
        self.refuses(StatusCode::UNAUTHORIZED, "Invalid or expired token").challenges().clears_cookie()
    }

    /// Insists on the refusal of whoever has guessed too often, and returns how many seconds to wait.
    pub(super) fn throttles(&self) -> u64 {
        self.refuses(StatusCode::TOO_MANY_REQUESTS, "Too many attempts, try again later").leaves_cookie();
        let [wait] = self.values(&RETRY_AFTER)[..] else { panic!("{}", self.told("one Retry-After")) };
        let seconds = wait.parse().ok().filter(|seconds| (1..=900).contains(seconds));
        seconds.unwrap_or_else(|| panic!("{}", self.told("whole seconds, at most a quarter of an hour")))
    }

    /// Insists on a login that worked: an access token and a user, to the byte.
    pub(super) fn is_login(&self) -> &Self {
        self.has_status(StatusCode::OK);
        let access = self.text("accessToken");
        self.is(
            StatusCode::OK,
            &format!(r#"{{"accessToken":"{access}","user":{}}}"#, self.user_below("/user")),
        )
    }

    /// Insists on a user, to the byte, and no cookie.
    pub(super) fn is_user(&self) -> &Self {
        self.has_status(StatusCode::OK);
        self.is(StatusCode::OK, &self.user_below("")).leaves_cookie()
    }

    /// The user at a JSON pointer, in the form that the contract quotes.
    fn user_below(&self, pointer: &str) -> String {
        let [id, email, name, role] = ["id", "email", "name", "role"]
            .map(|field| Value::from(self.text_at(&format!("{pointer}/{field}"))).to_string());
        format!(r#"{{"id":{id},"email":{email},"name":{name},"role":{role}}}"#)
    }

    /// Insists on a refresh that worked; returns the access token.
    pub(super) fn is_refreshed(&self) -> String {
        self.has_status(StatusCode::OK);
        let access = self.text("accessToken");
        self.is(StatusCode::OK, &format!(r#"{{"accessToken":"{access}"}}"#));
        access
    }

    /// Insists on a refresh token in its cookie, good for as long as the settings say; returns it.
    pub(super) fn issued_cookie(&self) -> String {
        self.issued_cookie_for(self.settings.policy().refresh_ttl.as_secs())
    }

    /// Insists on a refresh token in its cookie, good for so many seconds; returns it.
    pub(super) fn issued_cookie_for(&self, seconds: u64) -> String {
        let value = self.cookie_to_the_byte(seconds);
        assert!(!value.is_empty(), "{}", self.told("a refresh token"));
        let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
        assert!(plain, "{}", self.told("a cookie's value that nobody has to quote"));
        value
    }

    /// Insists on the cookie that clears the refresh token.
    pub(super) fn clears_cookie(&self) -> &Self {
        assert_eq!(self.cookie_to_the_byte(0), "", "{}", self.told("an empty cookie"));
        self
    }

    /// Insists that no cookie is touched.
    pub(super) fn leaves_cookie(&self) -> &Self {
        self.has(&SET_COOKIE, &[])
    }

    /// The refresh token handed out, or `None` where no cookie is touched.
    pub(super) fn cookie_if_any(&self) -> Option<String> {
        let touched = !self.values(&SET_COOKIE).is_empty();
        touched.then(|| self.issued_cookie())
    }

    fn cookie_to_the_byte(&self, max_age: u64) -> String {
        self.exact_cookie("refresh_token", "/api/auth", max_age)
    }

    /// The device token handed out beside the refresh token, or `None` where there is none.
    pub(super) fn device_if_any(&self) -> Option<String> {
        let days = 400 * 24 * 60 * 60;
        let handed_out = self.values(&SET_COOKIE).iter().any(|cookie| cookie.starts_with("auth_device="));
        handed_out.then(|| self.exact_cookie("auth_device", "/api/auth/login", days))
    }

    fn exact_cookie(&self, name: &str, path: &str, max_age: u64) -> String {
        let (ours, others): (Vec<_>, Vec<_>) = (self.values(&SET_COOKIE).into_iter())
            .partition(|cookie| cookie.split_once('=').is_some_and(|(known, _)| known == name));
        let [cookie] = ours[..] else { panic!("{}", self.told(&format!("one Set-Cookie of {name}"))) };
        let known =
            |cookie: &&str| cookie.starts_with("refresh_token=") || cookie.starts_with("auth_device=");
        assert!(others.len() <= 1 && others.iter().all(known), "{}", self.told("no other cookie"));
        let value = cookie.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')?.split(';').next());
        let value = value.expect("it has this name").to_owned();
        let exact = format!("{name}={value}; HttpOnly; SameSite=Strict; Path={path}; Max-Age={max_age}");
        // The contract quotes the cookie without `Secure` and does not say where that stands.
        let secure = cookie.matches("; Secure").count();
        assert_eq!(cookie.replacen("; Secure", "", 1), exact, "{}", self.told("the cookie"));
        assert_eq!(secure == 1, self.settings.secure_cookies(), "{}", self.told("Secure in production only"));
        value
    }

    /// The text under a key of the body.
    pub(super) fn text(&self, key: &str) -> String {
        self.text_at(&format!("/{key}"))
    }

    /// The text at a JSON pointer (RFC 6901) into the body.
    pub(super) fn text_at(&self, pointer: &str) -> String {
        let body = self.json();
        let text = body.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("{}", self.told(&format!("a text at {pointer}")))).to_owned()
    }

    /// The body, which must be JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.told("JSON")))
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn body_text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body is UTF-8")
    }

    pub(super) fn values(&self, name: &HeaderName) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().expect("a header is ASCII")).collect()
    }

    /// All of the answer that a client could tell another answer by, but for what a server may
    /// put on each anew: the date, and an id of the request.
    pub(super) fn fingerprint(&self) -> (StatusCode, Vec<(String, String)>, &str) {
        let ours = |name: &HeaderName| *name != DATE && name != "x-request-id";
        let mut headers: Vec<_> = (self.headers.iter().filter(|(name, _)| ours(name)))
            .map(|(name, value)| (name.to_string(), value.to_str().expect("a header is ASCII").to_owned()))
            .collect();
        headers.sort();
        (self.status, headers, self.body_text())
    }

    /// What was expected, and what came: the words of a complaint.
    pub(super) fn told(&self, expected: &str) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("expected {expected} from {}; it was {} {:?} {body}", self.shown, self.status, self.headers)
    }
}
