//! Accidents of the servers.
