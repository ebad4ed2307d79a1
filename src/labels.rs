//! Labelled pairs.

/// A pair that a person has labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The school's source.
    pub source: String,
    /// Its row.
    pub row: u64,
    /// The register.
    pub registry: String,
    /// Its row.
    pub registry_row: u64,
    /// Whether both are one child; `None` where nobody can tell.
    pub same: Option<bool>,
    /// For how many pairs it stands.
    pub weight: f64,
}
