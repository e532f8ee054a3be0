//! What the environment says.

use std::fmt;
use std::time::Duration;

/// The settings of one process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `DATABASE_URL`: where people, sessions and orders are kept; `sqlite://orders.db?mode=rwc`.
    pub database_url: String,
    /// `PORT`: where it listens, on this machine alone; 4000.
    pub port: u16,
    /// `APP_ENV`: `development`, unless it says `production`.
    pub stage: Stage,
    /// `ACCESS_TTL`: how long an access token is good; `15m`.
    pub access_ttl: Duration,
    /// `JWT_ACCESS_SECRET` and `JWT_REFRESH_SECRET`.
    pub secrets: Secrets,
}

/// Whether strangers can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// On a developer's machine: bootstrap is open, and the cookie goes over plain HTTP.
    Development,
    /// Anywhere else.
    Production,
}

/// What tokens are made with.
#[derive(Clone)]
pub enum Secrets {
    /// The same in every process and after every start.
    Given {
        /// Signs access tokens; at least 32 bytes.
        access: String,
        /// Seals refresh tokens; at least 32 bytes, and another one.
        refresh: String,
    },
    /// Drawn at each start, which so logs everyone out.
    Random,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given { .. } => "Given",
            Self::Random => "Random",
        })
    }
}

/// The name of a variable, and what it must be. Its value is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSetting(&'static str);

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidSetting {}

impl Settings {
    /// Reads the settings through `variable`, which gives the value of a variable that is set.
    ///
    /// # Errors
    ///
    /// [`InvalidSetting`] names the first one that cannot be used.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidSetting> {
        let stage = match variable("APP_ENV").as_deref() {
            None | Some("development") => Stage::Development,
            Some("production") => Stage::Production,
            Some(_) => return Err(InvalidSetting("APP_ENV must be development or production")),
        };
        let port = variable("PORT").map_or(Ok(4000), |port| port.parse());
        let access_ttl =
            variable("ACCESS_TTL").map_or(Ok(Duration::from_mins(15)), |ttl| humantime::parse_duration(&ttl));
        let secrets = match (variable("JWT_ACCESS_SECRET"), variable("JWT_REFRESH_SECRET"), stage) {
            (Some(access), Some(refresh), _) => Secrets::Given { access, refresh },
            (None, None, Stage::Development) => Secrets::Random,
            _ => return Err(InvalidSetting("JWT_ACCESS_SECRET and JWT_REFRESH_SECRET must both be set")),
        };
        Ok(Self {
            database_url: variable("DATABASE_URL")
                .unwrap_or_else(|| "sqlite://orders.db?mode=rwc".to_owned()),
            port: port.map_err(|_| InvalidSetting("PORT must be a number from 0 to 65535"))?,
            stage,
            access_ttl: access_ttl
                .map_err(|_| InvalidSetting("ACCESS_TTL must be a duration such as 15m"))?,
            secrets,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, InvalidSetting> {
        let value = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        Settings::read(|name| value(name).map(str::to_owned))
    }

    #[test]
    fn nothing_needs_to_be_set_for_development() {
        let settings = read(&[]).expect("the defaults are good");
        assert_eq!(settings.port, 4000);
        assert_eq!(settings.stage, Stage::Development);
        assert_eq!(settings.access_ttl, Duration::from_mins(15));
        assert!(matches!(settings.secrets, Secrets::Random));
    }

    #[test]
    fn production_asks_for_secrets_and_does_not_show_them() {
        assert_eq!(
            read(&[("APP_ENV", "production"), ("JWT_ACCESS_SECRET", "a")]).err(),
            Some(InvalidSetting("JWT_ACCESS_SECRET and JWT_REFRESH_SECRET must both be set"))
        );
        let given = [("JWT_ACCESS_SECRET", "hunter2"), ("JWT_REFRESH_SECRET", "hunter3")];
        let settings = read(&[&[("APP_ENV", "production")], &given[..]].concat()).expect("both are there");
        assert_eq!(settings.stage, Stage::Production);
        assert!(!format!("{settings:?}").contains("hunter"));
    }

    #[test]
    fn nonsense_is_told_by_its_name() {
        for (name, value) in [("APP_ENV", "staging"), ("PORT", "http"), ("ACCESS_TTL", "soon")] {
            let told = read(&[(name, value)]).expect_err("it is nonsense").to_string();
            assert!(told.starts_with(name) && !told.contains(value), "{told}");
        }
    }
}
