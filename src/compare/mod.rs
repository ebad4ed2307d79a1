//! A pair of records → an agreement pattern: the level of each comparison, packed
//! in one integer. Nothing here knows how much a level weighs.

mod types;

pub use types::*;
