//! Raw text → identity columns: names, certificates, dates, identifiers.
//!
//! Columns have few distinct values, so every distinct value is normalised once
//! and a record holds codes. A [`World`] is what the rest of the house works on:
//! one [`Records`] a source and the [`Lexicon`] they share. Codes follow the sorted
//! order of the canonical values, and records the order of their content, so that
//! nothing later can depend on the order of rows or files.
//!
//! One [`SourceBuilder`] a source takes the reader's chunks, on a thread of its own if
//! need be; [`assemble`] joins what they built. In between, by what a cell holds:
//!
//! | module | cell |
//! | --- | --- |
//! | [`names`] | surnames, given names, patronymics, whole names |
//! | [`letters`], [`latin`] | the alphabets in which names are compared |
//! | [`certificates`], [`documents`] | birth certificates, documents told apart by form |
//! | [`identifiers`] | УНЗР, РНОКПП, ЄДРПОУ with their control digits |
//! | [`dates`], [`marks`] | dates; sex, displacement, lost contact, school, region, class |
//!
//! What cannot be used becomes a missing value and a line in the list of rejected
//! values, which never repeats the value itself.

mod assemble;
mod builder;
pub mod certificates;
pub mod data;
pub mod dates;
pub mod defaults;
pub mod documents;
pub mod identifiers;
mod ids;
pub mod latin;
pub mod letters;
pub mod marks;
pub mod names;
mod pool;
mod records;
mod runs;

pub use assemble::assemble;
pub use builder::{Built, SourceBuilder};
pub use ids::Ids;
pub use records::*;

#[cfg(test)]
#[cfg(test)]
mod tests;
