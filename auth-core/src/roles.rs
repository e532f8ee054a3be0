//! Which roles there are, and what each of them may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::named::RoleSet;
use crate::permission::Permission;
use crate::role::Role;

/// Which roles there are, and what each of them may do.
///
/// The default is [`Role::ADMIN`] and [`Role::USER`], neither with a permission. A role may do what
/// it has been given by name, and nothing else: there is no wildcard, no role stands above another,
/// and `ADMIN` too gets each permission it shall have. Whoever reads the map knows who may do
/// what, and a permission that is invented tomorrow belongs to nobody until somebody gives it.
///
/// ```
/// use auth_core::{Policy, Role, Roles};
///
/// auth_core::roles! {
///     pub enum AppRole { Admin = "ADMIN", Support = "SUPPORT" }
/// }
/// auth_core::permissions! {
///     pub mod can { ReadOrders = "orders:read", WriteOrders = "orders:write" }
/// }
///
/// let roles = Roles::default()
///     .with(AppRole::Admin, [can::ReadOrders, can::WriteOrders])
///     .with(AppRole::Support, [can::ReadOrders]);
/// assert!(roles.permits(&AppRole::Support.into(), &can::ReadOrders));
/// assert!(!roles.permits(&AppRole::Support.into(), &can::WriteOrders));
/// assert!(!roles.permits(&Role::USER, &can::ReadOrders));
///
/// let policy = Policy { roles, ..Policy::default() };
/// # let _ = policy;
/// ```
///
/// Cloning is cheap: clones share the map until one of them is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(Arc<BTreeMap<Role, BTreeSet<Permission>>>);

impl Default for Roles {
    fn default() -> Self {
        Self::only([Role::ADMIN, Role::USER])
    }
}

impl Roles {
    /// The roles of an enum that [`roles!`](crate::roles) has made, without permissions; and
    /// [`Role::ADMIN`], if it is not among them.
    ///
    /// ```
    /// use auth_core::{Role, Roles};
    ///
    /// auth_core::roles! {
    ///     pub enum AppRole { Admin = "ADMIN", Support = "SUPPORT" }
    /// }
    ///
    /// let roles = Roles::of::<AppRole>();
    /// assert!(roles.contains(&AppRole::Support.into()) && !roles.contains(&Role::USER));
    /// ```
    #[must_use]
    pub fn of<R: RoleSet>() -> Self {
        let named = R::ALL.iter().map(|role| (*role).into());
        Self::only(named.chain([Role::ADMIN]))
    }

    /// Adds a role that may do this; one that is there already may do this as well.
    #[must_use]
    pub fn with(
        mut self,
        role: impl Into<Role>,
        permissions: impl IntoIterator<Item = impl Into<Permission>>,
    ) -> Self {
        let permissions = permissions.into_iter().map(Into::into);
        Arc::make_mut(&mut self.0).entry(role.into()).or_default().extend(permissions);
        self
    }

    /// Whether there is such a role.
    pub fn contains(&self, role: &Role) -> bool {
        self.0.contains_key(role)
    }

    /// Whether the role may do this; one that does not exist may do nothing.
    pub fn permits(&self, role: &Role, permission: &Permission) -> bool {
        self.0.get(role).is_some_and(|permissions| permissions.contains(permission))
    }

    /// The roles in the order of their names, each with all it may do.
    pub fn iter(&self) -> impl Iterator<Item = (&Role, &BTreeSet<Permission>)> {
        self.0.iter()
    }

    fn only(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(Arc::new(roles.into_iter().map(|role| (role, BTreeSet::new())).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPORT: Role = Role::from_static("SUPPORT");
    const READ: Permission = Permission::from_static("orders:read");
    const WRITE: Permission = Permission::from_static("orders:write");

    fn names(roles: &Roles) -> Vec<String> {
        roles.iter().map(|(role, permissions)| format!("{role} {permissions:?}")).collect()
    }

    #[test]
    fn by_default_there_are_two_roles_that_may_do_nothing() {
        let roles = Roles::default();
        assert_eq!(names(&roles), ["ADMIN {}", "USER {}"]);
        assert!(roles.contains(&Role::ADMIN) && roles.contains(&Role::USER) && !roles.contains(&SUPPORT));
        assert!(!roles.permits(&Role::ADMIN, &READ));
    }

    #[test]
    fn a_role_may_do_what_it_was_given_and_nothing_else() {
        let roles = Roles::default().with(SUPPORT, [READ]).with(Role::ADMIN, [&WRITE]);
        for (role, permission, expected) in [
            (SUPPORT, READ, true),
            (SUPPORT, WRITE, false),
            (SUPPORT, Permission::from_static("orders"), false),
            (SUPPORT, Permission::from_static("orders:read:all"), false),
            (Role::ADMIN, WRITE, true),
            (Role::ADMIN, READ, false),
            (Role::USER, READ, false),
            (Role::from_static("NOBODY"), READ, false),
        ] {
            assert_eq!(roles.permits(&role, &permission), expected, "{role} {permission}");
        }
    }

    #[test]
    fn what_a_role_is_given_later_is_added() {
        let roles = Roles::default().with(SUPPORT, [READ]).with(&SUPPORT, [WRITE, READ]);
        assert_eq!(names(&roles), ["ADMIN {}", "SUPPORT {orders:read, orders:write}", "USER {}"]);
        // Naming it again takes nothing away.
        let again = roles.clone().with(SUPPORT, None::<Permission>);
        assert_eq!(again, roles);
    }

    #[test]
    fn a_clone_goes_its_own_way() {
        let before = Roles::default();
        let after = before.clone().with(SUPPORT, [READ]);
        assert!(!before.contains(&SUPPORT) && after.contains(&SUPPORT));
    }
}
