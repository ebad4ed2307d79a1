//! Figures from labelled pairs, where no full truth is known.
//!
//! A label may stand for several pairs (its weight, the inverse of the probability with which
//! the pair was drawn). Shares are weighted by it; their intervals are those of the effective
//! number of labels, (Σw)²/Σw² (Kish, "Survey Sampling", 1965).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::EvaluateError;
use super::intervals::{Share, share};
use super::table::with_ends;
use crate::columns::aligned;
use crate::job::Role;
use crate::labels::Label;
use crate::resolve::Decision;
use crate::run_folder::RunFolder;

/// Figures of each register that has labels, by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelledFigures {
    /// By register.
    pub registers: BTreeMap<String, LabelledRegister>,
    /// Labels of pairs of which nobody could tell; not counted.
    pub unsure: u64,
    /// Labels of two school records; not counted, since joins have no links.
    pub between_lists: u64,
}

/// Labels of one register, by what the run decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LabelledRegister {
    /// Among accepted links: the share of them that is right is the precision.
    pub accepted: Labelled,
    /// Among possible links.
    pub possible: Labelled,
    /// Pairs that the run neither accepted nor showed.
    pub not_shown: Labelled,
}

/// Labels of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Labelled {
    /// Labels.
    pub labels: u64,
    /// Sum of the weights of those that say one child.
    pub same: f64,
    /// Sum of the weights of those that say two.
    pub different: f64,
    /// Σ(1 − p), weighted: how many should be two children; 0 where nothing was shown.
    pub expected_different: f64,
    /// The weighted share of one child.
    pub one_child: Option<Share>,
    #[serde(skip)]
    squares: f64,
}

impl Labelled {
    fn add(&mut self, same: bool, weight: f64, probability: Option<f64>) {
        self.labels += 1;
        *(if same { &mut self.same } else { &mut self.different }) += weight;
        self.expected_different += probability.map_or(0.0, |p| weight * (1.0 - p));
        self.squares += weight * weight;
    }

    /// The weighted share of one child, with the interval of the effective number of labels.
    fn share_same(&self) -> Option<Share> {
        let all = self.same + self.different;
        if all <= 0.0 {
            return None;
        }
        // Sums of positive weights: neither negative nor more than the labels.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let [count, of] = [self.same / all, 1.0]
            .map(|part| (part * (all * all / self.squares).floor().max(1.0)).round() as u64);
        share(count, of).map(|ends| Share { value: self.same / all, ..ends })
    }
}

/// Sets the labels beside the links of a run.
///
/// # Errors
/// The run cannot be read, or a label names a source that the run does not have.
pub fn evaluate_labels(dir: &Path, labels: &[Label]) -> Result<LabelledFigures, EvaluateError> {
    let run = RunFolder::open(dir)?;
    let sources = &run.manifest.sources;
    let number = |name: &str| sources.iter().position(|source| source.name == name);
    let mut told = BTreeMap::<(usize, u64, usize, u64), Option<(bool, f64)>>::new();
    let (mut unsure, mut between_lists) = (0, 0);
    for (row, label) in labels.iter().enumerate() {
        let find = |name: &str, at: u64| {
            number(name)
                .filter(|&i| at < sources[i].rows)
                .ok_or(EvaluateError::LabelOfNothing { row })
        };
        let source = find(&label.source, label.row)?;
        let registry = find(&label.registry, label.registry_row)?;
        if sources[source].role != Role::Population {
            return Err(EvaluateError::LabelOfNothing { row });
        }
        let answer = label.same.map(|same| (same, label.weight));
        if told.insert((source, label.row, registry, label.registry_row), answer).is_some() {
            return Err(EvaluateError::LabelTwice { row });
        }
        if sources[registry].role == Role::Population {
            between_lists += 1;
        } else if answer.is_none() {
            unsure += 1;
        }
    }
    told.retain(|key, answer| answer.is_some() && sources[key.2].role != Role::Population);
    let mut registers = BTreeMap::<String, LabelledRegister>::new();
    run.links::<EvaluateError>(&mut |link| {
        let (Some(source), Some(registry)) =
            (number(link.population_source), number(link.registry))
        else {
            return Ok(());
        };
        let key = (source, link.population_row, registry, link.registry_row);
        if let Some(Some((same, weight))) = told.remove(&key) {
            let figures = registers.entry(link.registry.to_owned()).or_default();
            let part = match link.decision {
                Decision::Link => &mut figures.accepted,
                Decision::Review => &mut figures.possible,
            };
            part.add(same, weight, Some(link.probability));
        }
        Ok(())
    })?;
    for ((_, _, registry, _), answer) in told {
        if let Some((same, weight)) = answer {
            let figures = registers.entry(sources[registry].name.clone()).or_default();
            figures.not_shown.add(same, weight, None);
        }
    }
    for figures in registers.values_mut() {
        for part in [&mut figures.accepted, &mut figures.possible, &mut figures.not_shown] {
            part.one_child = part.share_same();
        }
    }
    Ok(LabelledFigures { registers, unsure, between_lists })
}

impl LabelledFigures {
    /// The figures as aligned text.
    #[must_use]
    pub fn to_table(&self) -> String {
        let mut rows = vec![
            [
                "register",
                "pairs",
                "labels",
                "one child",
                "two",
                "two, expected",
                "share of one child",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for (name, register) in &self.registers {
            for (kind, part) in [
                ("accepted", register.accepted),
                ("possible", register.possible),
                ("not shown", register.not_shown),
            ] {
                if part.labels == 0 {
                    continue;
                }
                let shown = kind != "not shown";
                rows.push(vec![
                    name.clone(),
                    kind.to_owned(),
                    part.labels.to_string(),
                    format!("{:.1}", part.same),
                    format!("{:.1}", part.different),
                    if shown {
                        format!("{:.2}", part.expected_different)
                    } else {
                        "–".to_owned()
                    },
                    part.one_child
                        .map_or_else(|| "–".to_owned(), |s| with_ends(s.value, s.low, s.high)),
                ]);
            }
        }
        let mut out = String::from("Позначені пари (labelled pairs)\n");
        out.push_str(&aligned(&rows));
        if self.unsure > 0 {
            let _ = writeln!(out, "Невідомо (nobody could tell, not counted): {}", self.unsure);
        }
        if self.between_lists > 0 {
            let n = self.between_lists;
            let _ = writeln!(out, "Пар шкільних записів (two school records, not counted): {n}");
        }
        out
    }
}
