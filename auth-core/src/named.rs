//! Roles and permissions by names that the compiler knows: `roles!` and `permissions!`.

use crate::role::Role;

/// An enum that [`roles!`](crate::roles) has made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of roles",
    note = "declare it with `auth_core::roles!`: `roles! {{ pub enum AppRole {{ Admin = \"ADMIN\" }} }}`"
)]
pub trait RoleSet: Copy + Into<Role> + 'static {
    /// Each of its roles.
    const ALL: &'static [Self];
}

/// Declares an application's roles as an enum, each with the name it is stored under.
///
/// The enum is `Copy`, ordered and hashable, becomes a [`Role`](crate::Role) wherever one is
/// asked for, and is found again by `of`. Whatever the code says of it, the compiler has checked.
///
/// ```
/// use auth_core::Role;
///
/// auth_core::roles! {
///     /// Who works here.
///     pub enum AppRole {
///         /// Runs the place.
///         Admin = "ADMIN",
///         User = "USER",
///         Support = "SUPPORT",
///     }
/// }
///
/// assert_eq!(Role::from(AppRole::Admin), Role::ADMIN);
/// assert_eq!(AppRole::of(&Role::parse("SUPPORT")?), Some(AppRole::Support));
/// assert_eq!(AppRole::of(&Role::parse("STRANGER")?), None);
/// assert_eq!(AppRole::ALL, [AppRole::Admin, AppRole::User, AppRole::Support]);
/// # Ok::<(), auth_core::InvalidRole>(())
/// ```
///
/// A name that no role can have does not compile, nor does one that is there twice, nor a variant
/// that is not there:
///
/// ```compile_fail,E0080
/// auth_core::roles! { pub enum AppRole { Support = "support" } }
/// ```
///
/// ```compile_fail,E0080
/// auth_core::roles! { pub enum AppRole { Support = "SUPPORT", Helper = "SUPPORT" } }
/// ```
///
/// ```compile_fail,E0599
/// auth_core::roles! { pub enum AppRole { Support = "SUPPORT" } }
/// let role = auth_core::Role::from(AppRole::Suport);
/// ```
///
/// A selection of them is an enum too, with the names that they have already: for an extractor that
/// takes several roles, say. What is not there cannot be selected.
///
/// ```
/// # use auth_core::Role;
/// auth_core::roles! {
///     pub enum AppRole { Admin = "ADMIN", User = "USER", Support = "SUPPORT" }
/// }
/// auth_core::roles! {
///     /// Who answers tickets.
///     pub enum Staff of AppRole { Admin, Support }
/// }
///
/// assert_eq!(Role::from(Staff::Support), Role::from_static("SUPPORT"));
/// assert_eq!(AppRole::from(Staff::Admin), AppRole::Admin);
/// assert_eq!(Staff::of(&Role::USER), None);
/// ```
///
/// ```compile_fail,E0599
/// auth_core::roles! { pub enum AppRole { Support = "SUPPORT" } }
/// auth_core::roles! { pub enum Staff of AppRole { Suport } }
/// ```
#[macro_export]
macro_rules! roles {
    ($(#[$meta:meta])* $visible:vis enum $set:ident {
        $($(#[$about:meta])* $variant:ident = $name:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visible enum $set {
            $(
                $(#[$about])*
                #[doc = ""]
                #[doc = concat!("`", $name, "`")]
                $variant,
            )+
        }

        const _: () = $crate::__all_differ(&[$($name),+]);

        #[allow(dead_code, reason = "not everyone needs all of it")]
        impl $set {
            /// Each of the roles, in the order in which they were declared.
            $visible const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The variant for a role, if it is one of these.
            $visible fn of(role: &$crate::Role) -> ::core::option::Option<Self> {
                match role.as_str() {
                    $($name => ::core::option::Option::Some(Self::$variant),)+
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl $crate::RoleSet for $set {
            const ALL: &'static [Self] = $set::ALL;
        }

        impl ::core::convert::From<$set> for $crate::Role {
            fn from(role: $set) -> Self {
                match role {
                    $($set::$variant => {
                        const ROLE: $crate::Role = $crate::Role::from_static($name);
                        ROLE
                    })+
                }
            }
        }
    };
    ($(#[$meta:meta])* $visible:vis enum $set:ident of $whole:ident {
        $($(#[$about:meta])* $variant:ident),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visible enum $set {
            $(
                $(#[$about])*
                #[doc = ""]
                #[doc = concat!("[`", stringify!($whole), "::", stringify!($variant), "`]")]
                $variant,
            )+
        }

        #[allow(dead_code, reason = "not everyone needs all of it")]
        impl $set {
            /// Each of the selected roles, in the order in which they were declared.
            $visible const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The variant for a role, if it is one of these.
            $visible fn of(role: &$crate::Role) -> ::core::option::Option<Self> {
                match $whole::of(role) {
                    $(::core::option::Option::Some($whole::$variant) => {
                        ::core::option::Option::Some(Self::$variant)
                    })+
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl $crate::RoleSet for $set {
            const ALL: &'static [Self] = $set::ALL;
        }

        impl ::core::convert::From<$set> for $whole {
            fn from(role: $set) -> Self {
                match role {
                    $($set::$variant => Self::$variant,)+
                }
            }
        }

        impl ::core::convert::From<$set> for $crate::Role {
            fn from(role: $set) -> Self {
                $whole::from(role).into()
            }
        }
    };
}

/// Declares an application's permissions as a module with a name for each.
///
/// Each name is a constant, to be given to a role or a guard, and a type
/// ([`NamedPermission`](crate::NamedPermission)), for an extractor to ask for. `ALL` has them all.
///
/// ```
/// use auth_core::{NamedPermission, Permission, Role, Roles};
///
/// auth_core::permissions! {
///     /// What the roles are about.
///     pub mod can {
///         /// See what was ordered.
///         ReadOrders = "orders:read",
///         WriteOrders = "orders:write",
///     }
/// }
///
/// // The constant …
/// let roles = Roles::default().with(Role::USER, [can::ReadOrders]).with(Role::ADMIN, can::ALL);
/// assert!(roles.permits(&Role::ADMIN, &can::WriteOrders));
///
/// // … and the type of the same name.
/// fn asked_for<P: NamedPermission>() -> Permission {
///     P::PERMISSION
/// }
/// assert_eq!(asked_for::<can::ReadOrders>(), can::ReadOrders);
/// ```
///
/// A name that no permission can have does not compile, nor does one that is there twice, nor a
/// permission that is not there:
///
/// ```compile_fail,E0080
/// auth_core::permissions! { pub mod can { ReadOrders = "Orders:Read" } }
/// ```
///
/// ```compile_fail,E0080
/// auth_core::permissions! { pub mod can { ReadOrders = "orders:read", SeeOrders = "orders:read" } }
/// ```
///
/// ```compile_fail,E0425
/// auth_core::permissions! { pub mod can { ReadOrders = "orders:read" } }
/// let permission = can::ReadOrder;
/// ```
#[macro_export]
macro_rules! permissions {
    ($(#[$meta:meta])* $visible:vis mod $set:ident {
        $($(#[doc = $about:expr])* $permission:ident = $name:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        $visible mod $set {
            $(
                $(#[doc = $about])*
                #[doc = ""]
                #[doc = concat!("`", $name, "`")]
                #[derive(Clone, Copy, Debug)]
                #[allow(dead_code, reason = "where only the constant is needed")]
                pub enum $permission {}

                $(#[doc = $about])*
                #[doc = ""]
                #[doc = concat!("`", $name, "`")]
                #[allow(non_upper_case_globals, reason = "it has the name of its type")]
                pub const $permission: $crate::Permission = $crate::Permission::from_static($name);

                impl $crate::NamedPermission for $permission {
                    const PERMISSION: $crate::Permission = $permission;
                }
            )+

            const _: () = $crate::__all_differ(&[$($name),+]);

            /// Each of the permissions, in the order in which they were declared.
            #[allow(dead_code, reason = "not everyone needs it")]
            pub const ALL: [$crate::Permission; [$($name),+].len()] = [$($permission),+];
        }
    };
}

/// Stops the compiler where a name is there twice; for the macros above.
#[doc(hidden)]
pub const fn __all_differ(names: &[&str]) {
    let mut one = 0;
    while one < names.len() {
        let mut other = one + 1;
        while other < names.len() {
            assert!(!is_same(names[one].as_bytes(), names[other].as_bytes()), "a name is there twice");
            other += 1;
        }
        one += 1;
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut same = one.len() == other.len();
    let mut at = 0;
    while same && at < one.len() {
        same = one[at] == other[at];
        at += 1;
    }
    same
}

#[cfg(test)]
mod tests {
    use crate::{Permission, Role};

    crate::roles! {
        enum Staff { Admin = "ADMIN", Support = "SUPPORT_2" }
    }

    crate::permissions! {
        #[expect(unreachable_pub, reason = "an application would export it")]
        mod can { ReadOrders = "orders:read", WriteOrders = "orders:write" }
    }

    #[test]
    fn every_role_of_an_enum_is_found_again() {
        for typed in Staff::ALL {
            assert_eq!(Staff::of(&Role::from(*typed)), Some(*typed));
        }
        assert_eq!(Role::from(Staff::Support), Role::from_static("SUPPORT_2"));
        assert_eq!(Staff::of(&Role::USER), None);
    }

    crate::roles! {
        enum Everyone of Staff { Support, Admin }
    }

    #[test]
    fn a_selection_has_the_names_of_the_whole() {
        for typed in Everyone::ALL {
            assert_eq!(Role::from(*typed), Role::from(Staff::from(*typed)));
            assert_eq!(Everyone::of(&Role::from(*typed)), Some(*typed));
        }
        assert_eq!(Everyone::ALL, [Everyone::Support, Everyone::Admin]);
        assert_eq!(Everyone::of(&Role::USER), None);
    }

    #[test]
    fn a_permission_is_a_constant_and_a_type() {
        fn of<P: crate::NamedPermission>() -> Permission {
            P::PERMISSION
        }
        assert_eq!(can::ALL, [can::ReadOrders, can::WriteOrders]);
        assert_eq!(of::<can::WriteOrders>(), Permission::from_static("orders:write"));
        assert_eq!(of::<can::ReadOrders>().as_str(), "orders:read");
    }
}
