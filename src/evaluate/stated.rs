//! What a run said of its own errors (`errors.json`), to be set beside the truth.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::EvaluateError;
use super::table::NONE;

/// One method's estimate of the false ones among a register's accepted links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedErrors {
    /// The method.
    pub method: String,
    /// Estimated false links.
    pub false_links: f64,
    /// Lower 95 % bound.
    #[serde(default)]
    pub low: Option<f64>,
    /// Upper 95 % bound.
    #[serde(default)]
    pub high: Option<f64>,
}

impl StatedErrors {
    /// The bounds in words.
    pub(super) fn bounds(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("[{low:.2}, {high:.2}]"),
            _ => NONE.to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    registers: Vec<Register>,
}

#[derive(Deserialize)]
struct Register {
    register: String,
    #[serde(default)]
    methods: Vec<StatedErrors>,
}

/// The estimates of a run's folder by register; none where it has no such file.
pub(super) fn read(dir: &Path) -> Result<BTreeMap<String, Vec<StatedErrors>>, EvaluateError> {
    let path = dir.join("errors.json");
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(EvaluateError::Errors { what: error.to_string() }),
    };
    let file: File = serde_json::from_slice(&bytes).map_err(|error| EvaluateError::Errors {
        what: format!("line {}, column {}", error.line(), error.column()),
    })?;
    Ok(file.registers.into_iter().map(|r| (r.register, r.methods)).collect())
}
