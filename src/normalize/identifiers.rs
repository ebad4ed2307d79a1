//! Numbers with a control digit: УНЗР, РНОКПП, ЄДРПОУ.
//!
//! * УНЗР (record number in the state demographic register): birth date, four digits,
//!   control digit of the machine-readable zone of passports (ICAO 9303: weights
//!   7, 3, 1).
//! * РНОКПП (taxpayer number): days since 31.12.1899, four digits of which the last
//!   is odd for men, control digit (python-stdnum `ua.rntrc`). Numbers that start with 8
//!   carry neither date nor sex.
//! * ЄДРПОУ (register of legal entities): eight digits (python-stdnum `ua.edrpou`).

use jiff::civil::{Date, date};

use super::names::says_nothing;
use super::records::Sex;

/// Why a cell is no usable number. The text goes to the list of rejected values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Not as many digits as the number has.
    #[error("wrong number of digits")]
    Length,
    /// The control digit is another.
    #[error("control digit is wrong")]
    Control,
    /// The digits of the birth date are no date.
    #[error("contains no possible birth date")]
    Date,
    /// A value that stands for none, such as zeros.
    #[error("placeholder number")]
    Placeholder,
    /// A spreadsheet kept the first digits only.
    #[error("scientific notation has lost the last digits")]
    Rounded,
}

/// A cell without the `.0` that a program writes behind the whole numbers of a column that
/// has gaps. Only one zero: `345.000` groups its digits.
pub(super) fn without_fraction(cell: &str) -> &str {
    let text = cell.trim();
    let whole = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0"));
    let is_number = |whole: &&str| {
        whole.len() > 2 && whole.bytes().rev().take(3).all(|byte| byte.is_ascii_digit())
    };
    whole.filter(is_number).unwrap_or(cell)
}

/// Whether a number stands in scientific notation (`2,01803E+12`), as spreadsheets write
/// long ones: what is left of it is the same for thousands of children.
pub(super) fn is_rounded(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.trim().split_once(['e', 'E', 'е', 'Е']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (exponent, signed) = match exponent.strip_prefix('+') {
        Some(exponent) => (exponent, true),
        None => (exponent, false),
    };
    match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(exponent) && digits(whole) && digits(fraction),
        None => signed && digits(exponent) && digits(mantissa),
    }
}

/// The digits of a cell, where there is nothing else but separators, and at most 20.
fn digits(cell: &str) -> Result<Vec<u8>, IdentifierError> {
    if is_rounded(cell) {
        return Err(IdentifierError::Rounded);
    }
    let mut digits = Vec::with_capacity(13);
    for c in without_fraction(cell).chars() {
        match c.to_digit(10) {
            Some(digit) if digits.len() < 20 => digits.push(u8::try_from(digit).unwrap_or(0)),
            None if c.is_whitespace()
                || matches!(c, '-' | '–' | '—' | '‐' | '‑' | '.' | '\'' | '’') => {}
            _ => return Err(IdentifierError::Length),
        }
    }
    Ok(digits)
}

fn number(digits: &[u8]) -> u64 {
    // Twenty digits may be more than any number here: they are only asked whether all are 0.
    digits.iter().fold(0_u64, |sum, &digit| sum.saturating_mul(10).saturating_add(digit.into()))
}

fn repeats_one_digit(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| pair[0] == pair[1])
}

/// Reads a УНЗР as a 13-digit number; `None` for a cell that says nothing.
pub fn unzr(cell: &str) -> Result<Option<u64>, IdentifierError> {
    if says_nothing(cell) {
        return Ok(None);
    }
    let digits = digits(cell)?;
    if digits.len() != 13 {
        return Err(if number(&digits) == 0 {
            IdentifierError::Placeholder
        } else {
            IdentifierError::Length
        });
    }
    // Exports pad with zeros, test data ends with them: the code runs from 0001.
    let counted = digits[..8] == [1, 2, 3, 4, 5, 6, 7, 8];
    if repeats_one_digit(&digits) || counted || number(&digits[8..12]) == 0 {
        return Err(IdentifierError::Placeholder);
    }
    if unzr_control(&digits[..12]) != digits[12] {
        return Err(IdentifierError::Control);
    }
    let value = number(&digits);
    unzr_birth_date(value).ok_or(IdentifierError::Date)?;
    Ok(Some(value))
}

/// Control digit of the first twelve digits of a УНЗР.
#[must_use]
pub fn unzr_control(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().zip([7, 3, 1].into_iter().cycle()).map(|(&d, w)| u32::from(d) * w).sum();
    u8::try_from(sum % 10).unwrap_or(0)
}

/// The birth date in a УНЗР.
#[must_use]
pub fn unzr_birth_date(unzr: u64) -> Option<Date> {
    let day = unzr / 100_000;
    let year = i16::try_from(day / 10_000).ok().filter(|year| (1900..=2100).contains(year))?;
    let (month, day) = (i8::try_from(day / 100 % 100).ok()?, i8::try_from(day % 100).ok()?);
    Date::new(year, month, day).ok()
}

/// Reads a РНОКПП as a 10-digit number; `None` for a cell that says nothing.
pub fn rnokpp(cell: &str) -> Result<Option<u64>, IdentifierError> {
    if says_nothing(cell) {
        return Ok(None);
    }
    let digits = digits(cell)?;
    if digits.len() != 10 {
        return Err(if number(&digits) == 0 {
            IdentifierError::Placeholder
        } else {
            IdentifierError::Length
        });
    }
    let value = number(&digits);
    let counted = matches!(value, 123_456_789 | 1_234_567_890 | 9_876_543_210);
    if repeats_one_digit(&digits) || counted {
        return Err(IdentifierError::Placeholder);
    }
    if rnokpp_control(&digits[..9]) != digits[9] {
        return Err(IdentifierError::Control);
    }
    if digits[0] != 8 && rnokpp_birth_date(value).is_none() {
        return Err(IdentifierError::Date);
    }
    Ok(Some(value))
}

/// Control digit of the first nine digits of a РНОКПП.
#[must_use]
pub fn rnokpp_control(digits: &[u8]) -> u8 {
    let weights = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let sum: i32 = digits.iter().zip(weights).map(|(&d, w)| i32::from(d) * w).sum();
    u8::try_from(sum.rem_euclid(11) % 10).unwrap_or(0)
}

/// The birth date in a РНОКПП; `None` where it carries none.
#[must_use]
pub fn rnokpp_birth_date(rnokpp: u64) -> Option<Date> {
    let days = i64::try_from(rnokpp / 100_000).ok()?;
    if days == 0 || rnokpp / 1_000_000_000 == 8 {
        return None;
    }
    date(1899, 12, 31).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The sex in a РНОКПП; missing where it carries none.
#[must_use]
pub const fn rnokpp_sex(rnokpp: u64) -> Sex {
    match (rnokpp / 1_000_000_000, rnokpp / 10 % 2) {
        (8, _) => Sex::Missing,
        (_, 1) => Sex::Male,
        _ => Sex::Female,
    }
}

/// Whether eight digits are a number of the register of legal entities.
#[must_use]
pub fn is_edrpou(digits: &[u8]) -> bool {
    let [head @ .., control] = digits else { return false };
    if head.len() != 7 {
        return false;
    }
    // Weights 1..7, from 7 on for codes between 30 and 60 million; a remainder of 10
    // asks for a second round with weights two higher.
    let shifted = matches!(head[0], 3..=5);
    let sum = |extra: u32| -> u32 {
        let weights = if shifted { [7, 1, 2, 3, 4, 5, 6] } else { [1, 2, 3, 4, 5, 6, 7] };
        head.iter().zip(weights).map(|(&d, w)| u32::from(d) * (w + extra)).sum::<u32>() % 11
    };
    let remainder = match sum(0) {
        10 => sum(2) % 10,
        remainder => remainder,
    };
    remainder == u32::from(*control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unzr_of_the_specimen_and_computed_ones() {
        assert_eq!(unzr("19910824-00026"), Ok(Some(1_991_082_400_026)));
        assert_eq!(unzr("1991082400026"), Ok(Some(1_991_082_400_026)));
        assert_eq!(unzr("20180312-01233"), Ok(Some(2_018_031_201_233)));
        assert_eq!(unzr("20100503-90237"), Ok(Some(2_010_050_390_237)));
        assert_eq!(unzr("19910824-00025"), Err(IdentifierError::Control));
        assert_eq!(unzr("20180312-00000"), Err(IdentifierError::Placeholder));
        assert_eq!(unzr("0000000000000"), Err(IdentifierError::Placeholder));
        assert_eq!(unzr("00000"), Err(IdentifierError::Placeholder));
        // Counted up, and a birth date padded to the length.
        assert_eq!(unzr("12345678-12345"), Err(IdentifierError::Placeholder));
        assert_eq!(unzr("2018031200000"), Err(IdentifierError::Placeholder));
        assert_eq!(unzr("20180312"), Err(IdentifierError::Length));
        assert_eq!(unzr("99999999999999999999"), Err(IdentifierError::Length));
        assert_eq!(unzr("2018031201233x"), Err(IdentifierError::Length));
        assert_eq!(unzr("немає"), Ok(None));
        assert_eq!(unzr("2018031201233.0"), Ok(Some(2_018_031_201_233)));
        assert_eq!(unzr("2,01803E+12"), Err(IdentifierError::Rounded));
        assert_eq!(unzr_birth_date(2_018_031_201_233), Some(date(2018, 3, 12)));
        // 30 February with a right control digit.
        let mut digits = [2, 0, 1, 8, 0, 2, 3, 0, 0, 1, 2, 3, 0];
        digits[12] = unzr_control(&digits[..12]);
        assert_eq!(unzr(&digits.map(|d| d.to_string()).concat()), Err(IdentifierError::Date));
    }

    #[test]
    fn rnokpp_of_the_worked_examples() {
        for (cell, birth, sex) in [
            ("1759013776", date(1948, 2, 28), Sex::Male),
            ("2530414071", date(1969, 4, 12), Sex::Male),
            ("4170901236", date(2014, 3, 12), Sex::Male),
            ("4030045681", date(2010, 5, 3), Sex::Female),
        ] {
            let value = rnokpp(cell).unwrap().unwrap();
            assert_eq!(rnokpp_birth_date(value), Some(birth), "{cell}");
            if cell != "2530414071" {
                assert_eq!(rnokpp_sex(value), sex, "{cell}");
            }
        }
        // A remainder of ten is written as 0.
        assert_eq!(rnokpp("4565699990"), Ok(Some(4_565_699_990)));
        assert_eq!(rnokpp("1759013770"), Err(IdentifierError::Control));
        assert_eq!(rnokpp("0000000000"), Err(IdentifierError::Placeholder));
        assert_eq!(rnokpp("1111111111"), Err(IdentifierError::Placeholder));
        assert_eq!(rnokpp("1234567890"), Err(IdentifierError::Placeholder));
        assert_eq!(rnokpp("0123456789"), Err(IdentifierError::Placeholder));
        assert_eq!(rnokpp("9876543210"), Err(IdentifierError::Placeholder));
        assert_eq!(rnokpp("175901377"), Err(IdentifierError::Length));
        assert_eq!(rnokpp("-"), Ok(None));
        assert_eq!(rnokpp("4170901236.0"), Ok(Some(4_170_901_236)));
        assert_eq!(rnokpp("4.1709E+09"), Err(IdentifierError::Rounded));
        assert_eq!(without_fraction("345.000"), "345.000");
        assert_eq!(without_fraction("1.0"), "1.0");
        assert_eq!(rnokpp_birth_date(8_123_456_789), None);
        assert_eq!(rnokpp_sex(8_123_456_789), Sex::Missing);
    }

    #[test]
    fn edrpou_of_the_worked_examples() {
        for digits in [[3, 2, 8, 5, 5, 9, 6, 1], [0, 2, 1, 4, 7, 3, 4, 5], [0, 0, 0, 1, 3, 4, 8, 0]]
        {
            assert!(is_edrpou(&digits), "{digits:?}");
        }
        assert!(!is_edrpou(&[3, 2, 8, 5, 5, 9, 6, 2]));
        assert!(!is_edrpou(&[1, 2]));
    }

    proptest! {
        /// All single-digit errors of a УНЗР are caught.
        #[test]
        fn a_wrong_digit_shows(day in 0_i32..9_000, code in 1_u32..10_000, at in 0_usize..13, by in 1_u8..10) {
            let birth = date(1998, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let text = format!("{}{code:04}", birth.strftime("%Y%m%d"));
            let mut digits: Vec<u8> = text.bytes().map(|b| b - b'0').collect();
            digits.push(unzr_control(&digits));
            let cell: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
            if !repeats_one_digit(&digits) {
                let read = unzr(&cell);
                prop_assert_eq!(read, Ok(Some(number(&digits))));
                prop_assert_eq!(unzr_birth_date(number(&digits)), Some(birth));
            }
            digits[at] = (digits[at] + by) % 10;
            let cell: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
            prop_assert!(unzr(&cell).is_err());
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,30}", digits in "[0-9 -]{0,30}") {
            for cell in [cell, digits] {
                if let Ok(Some(value)) = unzr(&cell) {
                    prop_assert!(unzr_birth_date(value).is_some());
                }
                let _ = rnokpp(&cell);
            }
        }
    }
}
