//! Comparisons, their levels, and the packed pattern.

/// What is compared. The order is that of the bits of a [`Pattern`] and of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Comparison {
    /// Surname.
    Surname,
    /// Given name.
    GivenName,
    /// Patronymic.
    Patronymic,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Birth certificate.
    Certificate,
    /// Any other document.
    Document,
    /// УНЗР.
    Unzr,
    /// РНОКПП.
    Rnokpp,
    /// Region.
    Region,
    /// School.
    School,
}

impl Comparison {
    /// Every comparison, in order.
    pub const ALL: [Self; 11] = [
        Self::Surname,
        Self::GivenName,
        Self::Patronymic,
        Self::BirthDate,
        Self::Sex,
        Self::Certificate,
        Self::Document,
        Self::Unzr,
        Self::Rnokpp,
        Self::Region,
        Self::School,
    ];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Its key in models and reports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Surname => "surname",
            Self::GivenName => "given_name",
            Self::Patronymic => "patronymic",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::Certificate => "certificate",
            Self::Document => "document",
            Self::Unzr => "unzr",
            Self::Rnokpp => "rnokpp",
            Self::Region => "region",
            Self::School => "school",
        }
    }

    /// The comparison whose key is `key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.key() == key)
    }

    /// Its levels beside [`MISSING`], best agreement first: level `i + 1` has name `levels()[i]`.
    /// The last is plain disagreement.
    #[must_use]
    pub const fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Surname => &[
                "exact",
                "spelling",
                "part",
                "slip",
                "close",
                "near",
                "swapped_fields",
                "changed",
                "different",
            ],
            Self::GivenName => &[
                "exact",
                "spelling",
                "translation",
                "variant",
                "diminutive",
                "slip",
                "close",
                "near",
                "initial",
                "swapped_fields",
                "different",
            ],
            Self::Patronymic => {
                &["exact", "spelling", "form", "slip", "close", "near", "initial", "different"]
            }
            Self::BirthDate => &[
                "exact",
                "swapped",
                "impossible",
                "one_slip",
                "year_off",
                "digit",
                "partial",
                "default",
                "year",
                "different",
            ],
            Self::Sex | Self::Region | Self::School => &["exact", "different"],
            Self::Certificate => {
                &["exact", "roman", "letters", "digits", "slip", "digit", "neighbour", "different"]
            }
            Self::Document | Self::Unzr | Self::Rnokpp => &["exact", "slip", "different"],
        }
    }
}

/// The level of a comparison one of whose values is missing: neither agreement nor
/// disagreement.
pub const MISSING: u8 = 0;

/// The levels of all comparisons, four bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(pub u64);

impl Pattern {
    /// The level of one comparison; 0 is [`MISSING`], `i + 1` is `levels()[i]`.
    #[must_use]
    pub const fn level(self, comparison: Comparison) -> u8 {
        ((self.0 >> (4 * comparison as u8)) & 0xF) as u8
    }

    /// This pattern with one level set; the level must not have been set before.
    #[must_use]
    pub const fn with(self, comparison: Comparison, level: u8) -> Self {
        Self(self.0 | (level as u64) << (4 * comparison as u8))
    }

    /// The level's name: `missing`, or one of [`Comparison::levels`].
    #[must_use]
    pub fn level_name(self, comparison: Comparison) -> &'static str {
        match self.level(comparison) {
            MISSING => "missing",
            level => comparison.levels()[usize::from(level) - 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back_as_they_were_set() {
        let mut pattern = Pattern::default();
        for (i, comparison) in Comparison::ALL.into_iter().enumerate() {
            let level = u8::try_from(i % (comparison.levels().len() + 1)).unwrap();
            pattern = pattern.with(comparison, level);
        }
        for (i, comparison) in Comparison::ALL.into_iter().enumerate() {
            let level = i % (comparison.levels().len() + 1);
            assert_eq!(usize::from(pattern.level(comparison)), level);
        }
        assert_eq!(pattern.level_name(Comparison::Surname), "missing");
        assert_eq!(pattern.level_name(Comparison::GivenName), "exact");
    }
}
