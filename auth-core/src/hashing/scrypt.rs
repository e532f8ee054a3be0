//! scrypt (RFC 7914) as PHC strings and in Django's form.

use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::fields::{decimal, fields, output, params, salt};

/// `128 N r` bytes may be at most 256 MiB.
const MAX_BLOCKS: u64 = 1 << 21;
/// `N r p`: at most twice the work of the above.
const MAX_WORK: u64 = 1 << 22;
/// The most that `r` and `p` may be each: a guard of the memory that does not grow with `N`.
const MAX_FACTOR: u32 = 64;

/// A stored hash whose cost may be paid.
pub(super) struct Stored {
    params: Params,
    salt: Vec<u8>,
    output: Zeroizing<Vec<u8>>,
}

impl Stored {
    /// Reads what follows `$scrypt$`: `ln=16,r=8,p=1$salt$output`.
    pub(super) fn parse_phc(text: &str) -> Option<Self> {
        let [costs, salted, hashed] = fields(text)?;
        let [log_n, r, p] = params(costs, ["ln", "r", "p"])?;
        Some(Self { params: allowed(log_n, r, p)?, salt: salt(salted)?, output: output(hashed)? })
    }

    /// Reads what follows `scrypt$`: `16384$salt$8$5$output`, the salt being text.
    pub(super) fn parse_django(text: &str) -> Option<Self> {
        let [n, salt, r, p, hashed] = fields(text)?;
        let log_n = decimal(n).filter(|n| n.is_power_of_two())?.ilog2();
        if salt.is_empty() {
            return None;
        }
        let params = allowed(log_n, decimal(r)?, decimal(p)?)?;
        Some(Self { params, salt: salt.into(), output: output(hashed)? })
    }

    /// Whether `password` is the one. `None` only where it cannot be computed.
    pub(super) fn matches(&self, password: &[u8]) -> Option<bool> {
        let mut computed = Zeroizing::new(vec![0; self.output.len()]);
        scrypt(password, &self.salt, &self.params, &mut computed).ok()?;
        Some(computed.ct_eq(&self.output).into())
    }
}

/// The parameters, if they are well formed and cheap enough to be obeyed.
fn allowed(log_n: u32, r: u32, p: u32) -> Option<Params> {
    let factors = 1..=MAX_FACTOR;
    if !(1..=21).contains(&log_n) || !factors.contains(&r) || !factors.contains(&p) {
        return None;
    }
    let blocks = u64::from(r) << log_n;
    if blocks > MAX_BLOCKS || blocks * u64::from(p) > MAX_WORK {
        return None;
    }
    Params::new(u8::try_from(log_n).ok()?, r, p).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceilings_are_a_quarter_of_a_gibibyte_and_twice_its_work() {
        for (log_n, r, p, fine) in [
            (14, 8, 1, true),
            (17, 8, 1, true),
            (18, 8, 2, true),
            (21, 1, 2, true),
            (1, 1, 1, true),
            (18, 8, 3, false),
            (19, 8, 1, false),
            (21, 2, 1, false),
            (22, 1, 1, false),
            (64, 1, 1, false),
            (u32::MAX, 1, 1, false),
            (0, 8, 1, false),
            (14, 0, 1, false),
            (14, 8, 0, false),
            (1, 65, 1, false),
            (1, 1, 65, false),
            (1, u32::MAX, u32::MAX, false),
        ] {
            assert_eq!(allowed(log_n, r, p).is_some(), fine, "ln={log_n},r={r},p={p}");
        }
    }
}
