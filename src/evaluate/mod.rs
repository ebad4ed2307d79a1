//! To be written.
pub mod intervals;
