//! Standbys, of which nothing is asked.

/// Fails where the server is in recovery, with the code of a write that it would refuse: it is a
/// standby, or was the primary and has not heard yet that another one is.
///
/// A standby would answer what is only read, and may be behind: it knows a session that has ended,
/// or a role that was taken away. One message, so that it goes along with others at no further round
/// trip.
pub(crate) const REFUSE_STANDBY: &str = "\
DO $$ BEGIN
    IF pg_is_in_recovery() THEN
        RAISE 'the server is a standby' USING ERRCODE = 'read_only_sql_transaction';
    END IF;
END $$";
