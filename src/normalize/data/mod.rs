//! Tables of names, compiled in. No row is a person: see `SOURCES.md` for where
//! each list comes from, its licence and its cautions. The weights are models.

/// The commonest surnames: masculine, feminine, type, rank, weight, sources, attested, other feminine.
pub const SURNAMES: &str = include_str!("surnames.tsv");
/// Boys' names: name, weight among children, weight among parents, tier, sources.
pub const FIRST_MALE: &str = include_str!("first_male.tsv");
/// Girls' names, as [`FIRST_MALE`].
pub const FIRST_FEMALE: &str = include_str!("first_female.tsv");
/// Father's name, masculine forms, feminine forms (`|` between them, standard first), weight, attested.
pub const PATRONYMICS: &str = include_str!("patronymics.tsv");
/// Patronymics in Ukrainian and Russian: uk, ru, other ru.
pub const PATRONYMICS_UK_RU: &str = include_str!("patronymics_uk_ru.tsv");
/// Given names in Ukrainian and Russian: uk, ru, gender, source, relation.
pub const RU_UK_PAIRS: &str = include_str!("ru_uk_pairs.tsv");
/// Full name, short form, gender, how many full names share it, across gender, documentary.
pub const DIMINUTIVES: &str = include_str!("diminutives.tsv");
/// Given names that families and offices mix: name, variant, gender, kind.
pub const VARIANTS: &str = include_str!("variants.tsv");
/// Given names in Latin letters by transliteration table.
pub const LATIN_VARIANTS: &str = include_str!("latin_variants.tsv");
/// Look-alikes, apostrophes, keyboard layouts.
pub const ERROR_TABLES: &str = include_str!("error_tables.tsv");

/// The rows of a table, split at tabs, without comments and blank lines.
pub fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('\t').collect())
}

/// Every surname of [`SURNAMES`] in its masculine, then its feminine form.
pub fn surname_forms() -> impl Iterator<Item = &'static str> {
    rows(SURNAMES).flat_map(|row| row.into_iter().take(2))
}
