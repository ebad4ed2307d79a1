//! **zvirka** (звірка, a cross-check of lists) finds the children whose status no
//! state register confirms.
//!
//! Data flows one way, room by room:
//!
//! | room | takes → gives |
//! | --- | --- |
//! | [`job`] | `job.toml` → a checked job |
//! | [`extract`] | files → Arrow batches of text + rejected rows |
//! | [`normalize`] | text → identity columns: names, certificates, dates, identifiers |
//! | [`block`] | identity columns → a stream of candidate pairs |
//! | [`compare`] | a pair → an agreement pattern |
//! | [`model`] | patterns → m, u, term frequencies, match weights, probability |
//! | [`resolve`] | weighted pairs → links, and school records → children |
//! | [`estimate`] | links → how many of them are false, by several methods; thresholds |
//! | [`verdict`] | links + evidence rules → a status with reasons for each child |
//! | [`report`] | everything → Parquet, CSV, XLSX, HTML, manifest |
//! | [`run_folder`] | what `report` wrote → typed rows, for `explain`, `diff`, `evaluate` and `verify` |
//! | [`explain`] | a child of a run → its records, links, evidence and rule |
//! | [`verify`] | a run's folder → whether it is unchanged, and comes out again byte for byte |
//! | [`diff`] | two runs → the children who changed, and what each change comes from |
//!
//! [`labels`] are pairs that people have judged. [`cli`] stands before the line, [`synth`] (invented registers with truth) and
//! [`evaluate`] (figures against truth) beside it. [`pipeline`] is the line itself, and
//! [`progress`] tells how far it has come, [`timings`] how long it took, [`memory`] what it needs; [`interrupt`]
//! ends it with nothing half written, and [`mod@bench`] measures whole jobs. [`field`] is the vocabulary they share.

// What is not written by `report::folder` could be left half written (see clippy.toml).
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

pub mod bench;
pub mod block;
pub mod cli;
mod columns;
pub mod compare;
pub mod diff;
pub mod estimate;
pub mod evaluate;
pub mod explain;
pub mod extract;
pub mod field;
pub mod interrupt;
pub mod job;
pub mod labels;
pub mod memory;
pub mod model;
pub mod normalize;
pub mod pipeline;
pub mod progress;
mod quietly;
pub mod report;
pub mod resolve;
pub mod run_folder;
#[allow(clippy::disallowed_methods, reason = "streams invented files, which are no results")]
pub mod synth;
pub mod timings;
pub mod verdict;
pub mod verify;
