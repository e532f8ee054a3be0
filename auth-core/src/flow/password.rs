//! People replace their own password, and by that end their other sessions.

use crate::audit;
use crate::error::{Error, Fault, Flaw, Refusal};
use crate::event::Cause;
use crate::hashing::Verdict;
use crate::model::Credentials;
use crate::parts::Call;
use crate::store::{Existence, ManagedStore, Replaced, Replacement};
use crate::verbs::{Identity, PasswordChange};

use super::attempt::Guess;

/// How often it starts over because the hash changed under it, by a login that made it stronger.
const ATTEMPTS: usize = 4;

pub(crate) async fn change_password<S: ManagedStore>(
    auth: Call<'_, S>,
    who: &Identity,
    change: PasswordChange,
) -> Result<(), Error> {
    let PasswordChange { current, new } = change;
    for _ in 0..ATTEMPTS {
        let account = auth.store.account(who.user_id).await?.ok_or(Refusal::InvalidAccessToken)?;
        let Credentials { user, password: stored } = account;
        // The rules first: whoever knows no password learns nothing from them.
        new.check_new(auth.policy.password_min_length, &user.email, &user.name).map_err(Flaw::NewPassword)?;
        // Whoever holds the session may guess as often as at a login, and keeps nobody else out.
        let guess = Guess::begin(auth, &user.email, Some(who.session_id.to_bytes()), Some(user.id)).await?;
        let verdict = match auth.passwords.verify(current.clone(), stored.clone()).await {
            Ok(verdict) => verdict,
            Err(fault) => {
                guess.abandoned().await;
                return Err(fault.into());
            }
        };
        if let (Verdict::Unusable, Some(_)) = (verdict, &stored) {
            auth.tell(audit::unusable_hash(user.id));
        }
        let (Some(verified), Verdict::Right | Verdict::RightButWeak) = (stored, verdict) else {
            guess.failed(Existence::Known).await?;
            let cause = if verdict == Verdict::Wrong { Cause::WrongPassword } else { Cause::NoPassword };
            auth.tell(audit::password_refused(who.user_id, who.session_id, cause));
            return Err(Refusal::WrongPassword.into());
        };
        guess.succeeded().await?;
        let hash = auth.passwords.hash(new.clone()).await?;
        let replacement = Replacement { user: user.id, verified, new: hash, keeps: who.session_id };
        match auth.store.replace_password(&replacement, auth.clock.now()).await? {
            Replaced::Replaced { ended } => {
                auth.tell(audit::password_changed(user.id, who.session_id, ended));
                return Ok(());
            }
            // Judged anew: the password may be another one by now, or the account disabled.
            Replaced::Stale if user.disabled_at.is_some() => return Err(Refusal::InvalidAccessToken.into()),
            Replaced::Stale => {}
        }
    }
    Err(Fault::Busy.into())
}
