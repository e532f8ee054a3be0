//! What a configuration is read for.

/// What a configuration is read for: some settings matter to the server alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To run the server.
    Serve,
    /// To run a command beside it. No token is made then, so the secrets may be missing, in
    /// production too; and unless `RUST_LOG` says otherwise, only warnings are told.
    Manage,
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use tracing_subscriber::filter::LevelFilter;

    use super::*;
    use crate::config::{Config, Key, Mistakes, Notice};

    fn config(purpose: Purpose, variables: &[(&str, &str)]) -> Result<Config, Mistakes> {
        let var =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        Config::for_purpose(purpose, var, |_: &Path| Err(io::ErrorKind::NotFound.into()))
    }

    #[test]
    fn commands_need_no_secret_and_are_not_warned_of_it() {
        for mode in ["production", "development"] {
            let config = config(Purpose::Manage, &[("NODE_ENV", mode)]).expect(mode);
            assert!(matches!(config.keys.access, Key::RandomForThisProcess), "{mode}");
            assert!(matches!(config.keys.refresh, Key::RandomForThisProcess), "{mode}");
            let warned = config.notices.iter().any(|notice| matches!(notice, Notice::Warning(_)));
            assert!(!warned, "{:?}", config.notices);
        }
        assert!(config(Purpose::Serve, &[("NODE_ENV", "production")]).is_err());
    }

    #[test]
    fn a_secret_that_is_set_is_judged_for_commands_as_well() {
        let weak = [("NODE_ENV", "production"), ("JWT_ACCESS_SECRET", "hunter2")];
        let told = config(Purpose::Manage, &weak).expect_err("it is weak").to_string();
        assert!(told.contains("JWT_ACCESS_SECRET has fewer than 32 bytes"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn commands_are_quiet_unless_asked() {
        let level = |purpose, variables: &[_]| {
            config(purpose, variables).expect("it is good").log.filter.default_level()
        };
        assert_eq!(level(Purpose::Serve, &[]), Some(LevelFilter::INFO));
        assert_eq!(level(Purpose::Manage, &[]), Some(LevelFilter::WARN));
        assert_eq!(level(Purpose::Manage, &[("RUST_LOG", "debug")]), Some(LevelFilter::DEBUG));
    }
}
