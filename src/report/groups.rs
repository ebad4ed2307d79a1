//! What groups a child for counts by group: age bands, marks and the like, and the columns of
//! `children.parquet` that hold them.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, StringBuilder, UInt8Builder};
use arrow::datatypes::{DataType, Field as Column};
use jiff::civil::Date;

use super::tables::text;
use super::{NameGroup, Traits};
use crate::normalize::{Displacement, PartialDate, Sex};

/// Ages above this are slips.
const OLDEST: u8 = 120;

/// Columns that [`arrays`] fills.
pub(super) fn columns() -> Vec<Column> {
    vec![
        text("sex", true),
        Column::new("age", DataType::UInt8, true),
        text("surname_group", true),
        Column::new("has_certificate", DataType::Boolean, false),
        Column::new("has_birth_date", DataType::Boolean, false),
    ]
}

/// The value of the column `displacement`.
pub(super) const fn displacement(mark: Displacement) -> Option<&'static str> {
    match mark {
        Displacement::Missing => None,
        Displacement::None => Some("none"),
        Displacement::Internal => Some("internal"),
        Displacement::External => Some("external"),
    }
}

/// The columns of some children.
pub(super) fn arrays(traits: &[Traits], as_of: Date) -> Vec<ArrayRef> {
    let mut sexes = StringBuilder::new();
    let mut ages = UInt8Builder::new();
    let mut surnames = StringBuilder::new();
    let mut certificates = BooleanBuilder::new();
    let mut birth_dates = BooleanBuilder::new();
    for traits in traits {
        sexes.append_option(sex(traits.sex));
        ages.append_option(age(traits.birth_date, as_of));
        surnames.append_option(surname(traits.surname));
        certificates.append_value(traits.certificate);
        birth_dates.append_value(traits.birth_date.is_full());
    }
    vec![
        Arc::new(sexes.finish()),
        Arc::new(ages.finish()),
        Arc::new(surnames.finish()),
        Arc::new(certificates.finish()),
        Arc::new(birth_dates.finish()),
    ]
}

/// The key of a sex; none where it is not stated.
pub(super) const fn sex(sex: Sex) -> Option<&'static str> {
    match sex {
        Sex::Missing => None,
        Sex::Male => Some("male"),
        Sex::Female => Some("female"),
    }
}

/// The key of a group of surnames; none where there is no surname.
pub(super) const fn surname(group: NameGroup) -> Option<&'static str> {
    Some(match group {
        NameGroup::Missing => return None,
        NameGroup::Ko => "ko",
        NameGroup::Uk => "uk",
        NameGroup::Adjective => "adjective",
        NameGroup::Ov => "ov",
        NameGroup::Ych => "ych",
        NameGroup::Double => "double",
        NameGroup::Other => "other",
        NameGroup::Latin => "latin",
    })
}

/// Full years on a day; of a birth date without month or day, the difference of the years.
/// None where the year is unknown, or later, or too early for anybody.
pub(super) fn age(born: PartialDate, as_of: Date) -> Option<u8> {
    if born.is_missing() {
        return None;
    }
    let years = i32::from(as_of.year()) - i32::from(born.year);
    let ahead = born.is_full()
        && (i16::from(born.month), i16::from(born.day))
            > (i16::from(as_of.month()), i16::from(as_of.day()));
    u8::try_from(years - i32::from(ahead)).ok().filter(|age| *age <= OLDEST)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ages_count_birthdays() {
        let born = |year, month, day| PartialDate { year, month, day };
        let as_of = date(2023, 7, 5);
        for (birth_date, expected) in [
            (born(2013, 7, 5), Some(10)),
            (born(2013, 7, 6), Some(9)),
            (born(2013, 8, 1), Some(9)),
            (born(2013, 0, 0), Some(10)),
            (born(2023, 7, 5), Some(0)),
            (born(2023, 7, 6), None),
            (born(2031, 1, 1), None),
            (born(1850, 1, 1), None),
            (PartialDate::MISSING, None),
        ] {
            assert_eq!(age(birth_date, as_of), expected, "{birth_date:?}");
        }
    }
}
