//! The fields of a record: the vocabulary that the job file, the readers, the
//! normaliser and the reports share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a column of a source holds. The names are the keys of a job file's
/// `columns` table.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The source's own identifier of the row; never compared.
    Id,
    /// Surname (прізвище).
    Surname,
    /// Given name (ім'я).
    GivenName,
    /// Patronymic (по батькові).
    Patronymic,
    /// Surname, given name and patronymic in one column (ПІБ).
    FullName,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Series of the birth certificate, such as `І-МИ`.
    CertificateSeries,
    /// Number of the birth certificate: six digits.
    CertificateNumber,
    /// Series and number of the birth certificate in one column.
    Certificate,
    /// Any document: a certificate, passport or card number, told apart by form.
    Document,
    /// Record number in the state demographic register (УНЗР).
    Unzr,
    /// Taxpayer number (РНОКПП).
    Rnokpp,
    /// The school's code in the register of legal entities (ЄДРПОУ).
    School,
    /// Region (область).
    Region,
    /// Class of the school.
    Grade,
    /// Mark of displacement.
    Displacement,
    /// Mark of lost contact with the pupil or the family.
    ContactLost,
    /// When the row was last updated.
    Updated,
    /// The education office (ОУО) that the school belongs to.
    Office,
    /// Why the pupil left the school: death, abroad for good, finished, moved, attends nowhere.
    Withdrawal,
    /// The day on which the pupil left the school.
    WithdrawalDate,
    /// Mother's given name.
    MotherGivenName,
    /// Father's given name.
    FatherGivenName,
}

impl Field {
    /// Every field, in the order in which reports show them.
    pub const ALL: [Self; 24] = [
        Self::Id,
        Self::Surname,
        Self::GivenName,
        Self::Patronymic,
        Self::FullName,
        Self::BirthDate,
        Self::Sex,
        Self::CertificateSeries,
        Self::CertificateNumber,
        Self::Certificate,
        Self::Document,
        Self::Unzr,
        Self::Rnokpp,
        Self::School,
        Self::Region,
        Self::Grade,
        Self::Displacement,
        Self::ContactLost,
        Self::Updated,
        Self::Office,
        Self::Withdrawal,
        Self::WithdrawalDate,
        Self::MotherGivenName,
        Self::FatherGivenName,
    ];

    /// The key of this field in a job file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Surname => "surname",
            Self::GivenName => "given_name",
            Self::Patronymic => "patronymic",
            Self::FullName => "full_name",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::CertificateSeries => "certificate_series",
            Self::CertificateNumber => "certificate_number",
            Self::Certificate => "certificate",
            Self::Document => "document",
            Self::Unzr => "unzr",
            Self::Rnokpp => "rnokpp",
            Self::School => "school",
            Self::Region => "region",
            Self::Grade => "grade",
            Self::Displacement => "displacement",
            Self::ContactLost => "contact_lost",
            Self::Updated => "updated",
            Self::Office => "office",
            Self::Withdrawal => "withdrawal",
            Self::WithdrawalDate => "withdrawal_date",
            Self::MotherGivenName => "mother_given_name",
            Self::FatherGivenName => "father_given_name",
        }
    }

    /// The field whose job-file key is `key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_serde_names_and_lead_back() {
        for field in Field::ALL {
            let name = serde_json::to_value(field).unwrap();
            assert_eq!(name, field.key());
            assert_eq!(Field::from_key(field.key()), Some(field));
        }
    }
}
