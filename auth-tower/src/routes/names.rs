//! The names of what the bodies and queries of the routes may hold, for whoever reads them and for
//! whoever describes them.

pub(super) mod body {
    //! The fields of each body, in the order in which what is wrong with them is told.

    pub(in crate::routes) const LOGIN: [&str; 2] = ["email", "password"];
    pub(in crate::routes) const BOOTSTRAP: [&str; 3] = ["email", "password", "name"];
    pub(in crate::routes) const RENAME: [&str; 1] = ["name"];
    pub(in crate::routes) const CHANGE_PASSWORD: [&str; 2] = ["currentPassword", "newPassword"];
    pub(in crate::routes) const CREATE: [&str; 4] = ["email", "name", "role", "password"];
    pub(in crate::routes) const CHANGE: [&str; 4] = ["name", "role", "disabled", "password"];
}

pub(super) mod query {
    //! The parameters of each query.

    pub(in crate::routes) const CHECK: [&str; 2] = ["role", "permission"];
    pub(in crate::routes) const END_SESSIONS: [&str; 1] = ["current"];
    pub(in crate::routes) const ACCOUNTS: [&str; 5] = ["limit", "cursor", "search", "role", "state"];
    pub(in crate::routes) const EVENTS: [&str; 8] =
        ["limit", "cursor", "user", "session", "email", "kind", "since", "until"];
}
