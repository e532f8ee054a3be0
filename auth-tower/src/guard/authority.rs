//! Who can say whom an access token is for.

use auth_core::{Auth, Identity, Refusal, Roles, Verifier};

use super::{Learning, Stateless};

/// Who can say whom an access token is for: an [`Auth`], which issues them, or a [`Verifier`], which
/// only knows the issuer's public keys. A guard is made of either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say whom an access token is for",
    note = "give the guard an `auth_core::Auth` or an `auth_core::Verifier`"
)]
pub trait Authority: Clone + sealed::Judge {
    /// The kind of guard that is made of it.
    type Kind: Clone + Default;
}

impl<S> Authority for Auth<S> {
    type Kind = Stateless;
}

impl Authority for Verifier {
    type Kind = Learning;
}

pub(super) mod sealed {
    use super::{Auth, Identity, Refusal, Roles, Verifier};

    /// What the guards ask; nobody else can implement it.
    pub trait Judge {
        /// Judges a token by itself.
        fn judge(&self, access_token: &str) -> Result<Identity, Refusal>;

        /// What each role may do.
        fn roles(&self) -> &Roles;

        /// Hears of who asked for what they may not do.
        fn denied(&self, who: &Identity);
    }

    impl<S> Judge for Auth<S> {
        fn judge(&self, access_token: &str) -> Result<Identity, Refusal> {
            self.authenticate(access_token)
        }

        fn roles(&self) -> &Roles {
            &self.policy().roles
        }

        fn denied(&self, who: &Identity) {
            Self::denied(self, who);
        }
    }

    impl Judge for Verifier {
        fn judge(&self, access_token: &str) -> Result<Identity, Refusal> {
            self.verify(access_token)
        }

        fn roles(&self) -> &Roles {
            Self::roles(self)
        }

        /// There is nobody to keep an event; the application's own log has the 403.
        fn denied(&self, _: &Identity) {}
    }
}
