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
