//! A pair of records → an agreement pattern: the level of each comparison, packed
//! in one integer. Nothing here knows how much a level weighs.
//!
//! Names are compared as one-byte letters within a script and as Latin skeletons
//! across scripts ([`NameTable`]); dates by the slips that hands make ([`Dates`]);
//! certificates digits first. Values are few and pairs many: what two names have in common is
//! worked out once ([`Similar`]) and looked up then. A missing value gives level [`MISSING`], which is
//! neither agreement nor disagreement.

mod birth_dates;
mod certificates;
mod comparator;
pub mod confusion;
mod dates;
mod distance;
mod names;
mod neighbours;
mod packed;
mod similar;
mod types;

pub use birth_dates::BirthDates;
pub use certificates::{
    certificate_level, confusion as certificate_confusion, level as certificate,
    slips as certificate_slips,
};
pub use comparator::{CERTIFICATE_NEIGHBOURHOOD, Comparator, level};
pub use dates::{Dates, date_level, level as date};
pub use distance::{one_digit_slip, osa, osa_at_most};
pub use names::{BlockName, NameLevels, NameTable, level as name};
pub use neighbours::Neighbours;
pub use packed::{Packed, Side};
pub use similar::Similar;
pub use types::*;
