//! People replace their own password, and by that end their other sessions.

use crate::audit;
use crate::error::{Error, Fault, Flaw, Refusal};
use crate::hashing::Verdict;
use crate::model::Credentials;
use crate::parts::Parts;
use crate::store::{ManagedStore, Replaced, Replacement};
use crate::verbs::{Identity, PasswordChange};

/// How often it starts over because the hash changed under it, by a login that made it stronger.
const ATTEMPTS: usize = 4;

pub(crate) async fn change_password<S: ManagedStore>(
    auth: &Parts<S>,
    who: &Identity,
    change: PasswordChange,
) -> Result<(), Error> {
    let PasswordChange { current, new } = change;
    for _ in 0..ATTEMPTS {
        let account = auth.store.account(who.user_id).await?.ok_or(Refusal::InvalidAccessToken)?;
        let Credentials { user, password: stored } = account;
        // The rules first: whoever knows no password learns nothing from them.
        new.check_new(auth.policy.password_min_length, &user.email, &user.name).map_err(Flaw::NewPassword)?;
        let verdict = auth.passwords.verify(current.clone(), stored.clone()).await?;
        if let (Verdict::Unusable, Some(_)) = (verdict, &stored) {
            audit::unusable_hash(user.id);
        }
        let (Some(verified), Verdict::Right | Verdict::RightButWeak) = (stored, verdict) else {
            audit::password_refused(who.user_id, who.session_id);
            return Err(Refusal::WrongPassword.into());
        };
        let hash = auth.passwords.hash(new.clone()).await?;
        let replacement = Replacement { user: user.id, verified, new: hash, keeps: who.session_id };
        match auth.store.replace_password(&replacement, auth.clock.now()).await? {
            Replaced::Replaced { ended } => {
                audit::password_changed(user.id, who.session_id, ended);
                return Ok(());
            }
            // Judged anew: the password may be another one by now, or the account disabled.
            Replaced::Stale if user.disabled_at.is_some() => return Err(Refusal::InvalidAccessToken.into()),
            Replaced::Stale => {}
        }
    }
    Err(Fault::Busy.into())
}
