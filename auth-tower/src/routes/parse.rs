//! From a request to a command, in two pure steps: what the head says, then what the body says.

use auth_core::{
    AccessToken, Auth, Demand, DeviceToken, Email, Flaw, Login, Name, NewAdmin, Password, RefreshToken,
    Refusal,
};
use http::request::Parts;
use zeroize::Zeroizing;

use crate::status::{Denial, Rejection};
use crate::{bearer, cookie};

use super::bootstrap::Gate;
use super::endpoint::Endpoint;
use super::{check, fields, media, names};

/// What a request asks, once its head has been read.
#[derive(Debug)]
pub(super) enum Head {
    Login { presented: Option<RefreshToken>, device: Option<DeviceToken> },
    Refresh { presented: Option<RefreshToken> },
    Logout { presented: Option<RefreshToken> },
    Me { access_token: AccessToken },
    Bootstrap(Gate),
    Check { access_token: AccessToken, demand: Demand },
}

/// What the core is to do.
#[derive(Debug)]
pub(super) enum Command {
    Login(Login),
    Refresh(RefreshToken),
    Logout(RefreshToken),
    Me(AccessToken),
    Check(AccessToken, Demand),
    Bootstrap(NewAdmin),
}

/// Reads the head, header by header.
pub(super) fn head<S>(auth: &Auth<S>, endpoint: Endpoint, parts: &Parts) -> Result<Head, Denial> {
    let headers = &parts.headers;
    Ok(match endpoint {
        Endpoint::Login => {
            media::check(headers)?;
            Head::Login { presented: cookie::presented(headers)?, device: cookie::device(headers) }
        }
        Endpoint::Refresh => Head::Refresh { presented: cookie::presented(headers)? },
        Endpoint::Logout => Head::Logout { presented: cookie::presented(headers)? },
        Endpoint::Me => Head::Me { access_token: AccessToken::new(bearer::token(headers)?) },
        Endpoint::Bootstrap => {
            let gate = Gate::judge(auth, headers)?;
            if gate.0.is_ok() {
                media::check(headers)?;
            }
            Head::Bootstrap(gate)
        }
        Endpoint::Check => Head::Check {
            access_token: AccessToken::new(bearer::token(headers)?),
            demand: check::demand(parts.uri.query())?,
        },
    })
}

/// Reads the body of what the head asks. `/refresh` and `/logout` ignore theirs.
pub(super) fn command(head: Head, body: &[u8]) -> Result<Command, Denial> {
    Ok(match head {
        Head::Login { presented, device } => {
            let [email, password] = read(body, names::body::LOGIN)?;
            Command::Login(Login {
                email: Email::parse(&email).map_err(unacceptable)?,
                password: Password::parse(&password).map_err(unacceptable)?,
                presented,
                device,
            })
        }
        Head::Refresh { presented } => Command::Refresh(presented.ok_or(Rejection::RefreshTokenRequired)?),
        Head::Logout { presented } => Command::Logout(presented.ok_or(Rejection::RefreshTokenRequired)?),
        Head::Me { access_token } => Command::Me(access_token),
        Head::Check { access_token, demand } => Command::Check(access_token, demand),
        Head::Bootstrap(Gate(judged)) => {
            let token = judged?;
            let [email, password, name] = read(body, names::body::BOOTSTRAP)?;
            Command::Bootstrap(NewAdmin {
                email: Email::parse(&email).map_err(unacceptable)?,
                password: Password::parse(&password).map_err(unacceptable)?,
                name: Name::parse(&name).map_err(unacceptable)?,
                token,
            })
        }
    })
}

fn read<const N: usize>(body: &[u8], names: [&'static str; N]) -> Result<[Zeroizing<String>; N], Rejection> {
    fields::texts(body, names).map_err(Rejection::Body)
}

fn unacceptable(flaw: impl Into<Flaw>) -> Refusal {
    Refusal::Unacceptable(flaw.into())
}
