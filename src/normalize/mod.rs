//! Raw text → identity columns: names, certificates, dates, identifiers.
//!
//! Columns have few distinct values, so every distinct value is normalised once
//! and a record holds codes. A [`World`] is what the rest of the house works on:
//! one [`Records`] a source and the [`Lexicon`] they share. Codes follow the sorted
//! order of the canonical values, and records the order of their content, so that
//! nothing later can depend on the order of rows or files.

mod assemble;
mod builder;
pub mod certificates;
pub mod data;
pub mod dates;
pub mod documents;
pub mod identifiers;
pub mod latin;
pub mod letters;
pub mod marks;
pub mod names;
mod pool;
mod records;

pub use assemble::assemble;
pub use builder::{Built, SourceBuilder};
pub use records::*;

#[cfg(test)]
mod tests;
