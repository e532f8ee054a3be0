//! The small parts that stored hashes are written in: fields, whole numbers, base64.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// With or without padding: PHC strings and passlib leave it off, Django does not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How long an output may be. What is shorter could be guessed, what is longer is made by nobody.
const OUTPUT_BYTES: std::ops::RangeInclusive<usize> = 10..=64;

/// The fields between the dollar signs, if there are exactly as many.
pub(super) fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    split(text, '$')
}

/// The values of the named parameters in `a=1,b=2`, in any order, if there are no others.
pub(super) fn params<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let pairs: [&str; N] = split(text, ',')?;
    let mut values = [0; N];
    for (name, value) in names.iter().zip(&mut values) {
        let text = pairs.iter().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        *value = decimal(text?)?;
    }
    Some(values)
}

/// A whole number in digits alone: no sign, no space, no leading zero.
pub(super) fn decimal(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// A salt in base64; passlib writes `.` for `+`.
pub(super) fn salt(text: &str) -> Option<Vec<u8>> {
    let salt = BASE64.decode(text.replace('.', "+")).ok()?;
    (!salt.is_empty()).then_some(salt)
}

/// The output of a hash in base64; passlib writes `.` for `+`.
pub(super) fn output(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let output = BASE64.decode(text.replace('.', "+")).map(Zeroizing::new).ok()?;
    OUTPUT_BYTES.contains(&output.len()).then_some(output)
}

fn split<const N: usize>(text: &str, at: char) -> Option<[&str; N]> {
    let mut parts = text.split(at);
    let mut all = [""; N];
    for part in &mut all {
        *part = parts.next()?;
    }
    parts.next().is_none().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_fields_as_are_asked_for_or_none() {
        assert_eq!(fields("a$b$"), Some(["a", "b", ""]));
        assert_eq!(fields::<2>("a$b$"), None);
        assert_eq!(fields::<4>("a$b$"), None);
    }

    #[test]
    fn parameters_are_found_in_any_order_and_none_beside_them() {
        assert_eq!(params("r=8,ln=16", ["ln", "r"]), Some([16, 8]));
        for bad in
            ["", "ln=16", "ln=16,ln=16", "ln=16,r=8,p=1", "ln=16,x=8", "ln=16,r=", "ln=16,r", "lnr=1,r=8"]
        {
            assert_eq!(params(bad, ["ln", "r"]), None, "{bad}");
        }
    }

    #[test]
    fn a_whole_number_is_written_in_one_way() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("4294967295"), Some(u32::MAX));
        for bad in ["", "-1", "+1", " 1", "1 ", "01", "00", "1.0", "1e3", "0x1", "4294967296", "١"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn base64_is_read_as_each_of_them_writes_it() {
        assert_eq!(salt("+/.+"), salt("./+."));
        assert_eq!(salt("AQID"), Some(vec![1, 2, 3]));
        assert_eq!(salt("AQ=="), Some(vec![1]));
        assert_eq!(salt("AQ"), Some(vec![1]));
        for bad in ["", "A", "AR", "A Q", "AQ$", "é"] {
            assert_eq!(salt(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_output_is_neither_guessable_nor_endless() {
        assert_eq!(output(&"A".repeat(12)).as_deref(), None);
        assert_eq!(output(&"A".repeat(16)).map(|output| output.len()), Some(12));
        assert_eq!(output(&"A".repeat(88)).as_deref(), None);
    }
}
