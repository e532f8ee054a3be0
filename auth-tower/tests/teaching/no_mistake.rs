//! What all the others have almost right.

use auth_core::store::{EventStore, ManagedStore};
use auth_core::{Auth, BuildError, MemoryStore, SystemClock};
use auth_tower::{AuthRoutes, InRole, Permitted, RequireAuth};

auth_core::roles! { pub enum AppRole { Admin = "ADMIN" } }
auth_core::permissions! { pub mod can { Read = "orders:read" } }

pub async fn read(_: Permitted<can::Read>) {}

pub async fn serve(_: InRole<AppRole>) {}

pub fn routes<S: ManagedStore + EventStore>(auth: Auth<S>) -> AuthRoutes<S> {
    let _guard = RequireAuth::new(auth.clone());
    AuthRoutes::new(auth).with_events()
}

pub fn auth() -> Result<Auth<MemoryStore>, BuildError> {
    Auth::builder(MemoryStore::new()).random_secrets().clock(SystemClock).build()
}
