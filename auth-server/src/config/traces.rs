//! Where traces are sent to, by the variables that OpenTelemetry has for it.

use http::Uri;

use super::Purpose;
use super::parse::Unfit;
use super::reader::Reader;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Where traces are sent to, and which.
#[derive(Clone, Debug)]
pub struct Traces {
    /// Where they are posted: the endpoint, and `/v1/traces`.
    pub endpoint: Uri,
    /// What this server is called there.
    pub service: String,
    /// Which of them.
    pub sampling: Sampling,
}

/// Which traces are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Whether a caller that has begun the trace decides.
    pub by_parent: bool,
    /// How many of the others, from none, 0, to all, 1.
    pub share: f64,
}

pub(super) fn read(reader: &mut Reader<'_>, purpose: Purpose) -> Option<Traces> {
    let endpoint = endpoint(reader);
    let service = reader.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "auth-server".to_owned());
    let sampler = reader.parsed("OTEL_TRACES_SAMPLER", sampler).unwrap_or((true, Share::All));
    let share = reader.parsed("OTEL_TRACES_SAMPLER_ARG", share).unwrap_or(1.0);
    let (by_parent, kind) = sampler;
    let share = match kind {
        Share::All => 1.0,
        Share::None => 0.0,
        Share::Argument => share,
    };
    // A command is no request.
    let endpoint = endpoint.filter(|_| purpose == Purpose::Serve)?;
    if cfg!(feature = "otlp") {
        return Some(Traces { endpoint, service, sampling: Sampling { by_parent, share } });
    }
    reader.warn(format!(
        "{ENDPOINT} is set, and this auth-server was built without the feature otlp, so no traces are sent; \
         build it with --features otlp, or unset the variable"
    ));
    None
}

/// The address is not quoted: there may be a password in it.
fn endpoint(reader: &mut Reader<'_>) -> Option<Uri> {
    let text = reader.text(ENDPOINT)?;
    let endpoint = posted_to(text.trim_ascii());
    if endpoint.is_none() {
        reader.mistake(
            ENDPOINT,
            "is not the address of a collector",
            "write one such as http://127.0.0.1:4318, without a user, a query or /v1/traces",
        );
    }
    endpoint
}

fn posted_to(base: &str) -> Option<Uri> {
    let base = base.strip_suffix('/').unwrap_or(base);
    let uri: Uri = base.parse().ok()?;
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_base = !base.contains(['@', '?', '#']) && !base.ends_with("/v1/traces");
    if has_host && is_web && is_base { format!("{base}/v1/traces").parse().ok() } else { None }
}

/// How many of the traces that begin here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    All,
    None,
    Argument,
}

fn sampler(text: &str) -> Result<(bool, Share), Unfit> {
    Ok(match text {
        "always_on" => (false, Share::All),
        "always_off" => (false, Share::None),
        "traceidratio" => (false, Share::Argument),
        "parentbased_always_on" => (true, Share::All),
        "parentbased_always_off" => (true, Share::None),
        "parentbased_traceidratio" => (true, Share::Argument),
        _ => {
            return Err(Unfit {
                problem: "which is not a sampler that this server has",
                remedy: "write always_on, always_off or traceidratio, or one of them after parentbased_"
                    .to_owned(),
            });
        }
    })
}

fn share(text: &str) -> Result<f64, Unfit> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| Unfit {
        problem: "which is not a share",
        remedy: "write a number from 0 (none) to 1 (all), such as 0.05".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;
    use crate::config::{Config, Notice};

    #[test]
    fn a_build_that_cannot_send_traces_says_so_and_goes_on() {
        let endpoint = |name: &str| (name == ENDPOINT).then(|| "http://127.0.0.1:4318".into());
        let no_file = |_: &Path| Err(io::ErrorKind::NotFound.into());
        let config = Config::from_env(endpoint, no_file).expect("it is good");
        let told = config.notices.iter().any(
            |notice| matches!(notice, Notice::Warning(text) if text.contains("built without the feature otlp")),
        );
        assert_eq!((config.traces.is_some(), told), (cfg!(feature = "otlp"), !cfg!(feature = "otlp")));
        let config = Config::for_purpose(Purpose::Manage, endpoint, no_file).expect("it is good");
        assert!(config.traces.is_none(), "a command is no request");
    }

    #[test]
    fn spans_are_posted_below_the_endpoint() {
        for (base, uri) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://[::1]:4318/", "http://[::1]:4318/v1/traces"),
            ("https://otlp.example.com/team/a", "https://otlp.example.com/team/a/v1/traces"),
        ] {
            assert_eq!(posted_to(base).map(|uri| uri.to_string()).as_deref(), Some(uri));
        }
        for base in [
            "",
            "127.0.0.1:4318",
            "localhost",
            "/v1/traces",
            "grpc://127.0.0.1:4317",
            "http://",
            "http:///x",
            "http://user:hunter2@collector:4318",
            "http://collector:4318/v1/traces",
            "http://collector:4318/?key=hunter2",
            "http://collector:4318 x",
        ] {
            assert_eq!(posted_to(base), None, "{base}");
        }
    }

    #[test]
    fn a_sampler_is_one_of_six() {
        for (text, expected) in [
            ("always_on", (false, Share::All)),
            ("always_off", (false, Share::None)),
            ("traceidratio", (false, Share::Argument)),
            ("parentbased_always_on", (true, Share::All)),
            ("parentbased_always_off", (true, Share::None)),
            ("parentbased_traceidratio", (true, Share::Argument)),
        ] {
            assert_eq!(sampler(text), Ok(expected));
        }
        for text in ["", "on", "ALWAYS_ON", "jaeger_remote", "parentbased_", "parentbased_jaeger_remote"] {
            assert!(sampler(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_share_is_a_number_from_none_to_all() {
        for (text, expected) in [("0", 0.0), ("0.05", 0.05), ("1.0", 1.0), ("1e-3", 0.001)] {
            assert_eq!(share(text), Ok(expected));
        }
        for text in ["", "-0.1", "1.1", "5%", "NaN", "inf"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
