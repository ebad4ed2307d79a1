//! What a reader of a model should know before believing it.

use super::prior;
use super::saved::Entry;

/// Nats by which starts may end apart and still count as one summit.
const APART: f64 = 2.0;

/// Pairs below which a level counts as never seen.
const UNSEEN: f64 = 0.5;

/// A reason to doubt a number of a model.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// No blocking rule gave pairs enough, and nobody labelled any: every m is the prior's.
    Untrained,
    /// The m of a comparison rest more on the prior than on pairs.
    FewPairs {
        /// Its key.
        comparison: &'static str,
        /// The pairs there were.
        pairs: f64,
    },
    /// Levels of which no pair of one child was seen: their m are the prior's share.
    NeverSeen {
        /// Key of the comparison.
        comparison: &'static str,
        /// The levels.
        levels: Vec<&'static str>,
    },
    /// Not all starts reached one summit.
    StartsDisagree {
        /// The blocking rule.
        rule: String,
        /// Nats between the highest and the lowest.
        apart: f64,
    },
    /// m still moved when the rounds were used up.
    Unsettled {
        /// The blocking rule.
        rule: String,
    },
}

/// What is to be doubted in what a linkage has learned.
#[must_use]
pub fn warnings(entry: &Entry) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let trained = &entry.trained;
    if trained.sets.is_empty() && trained.labels.same <= 0.0 {
        return vec![Warning::Untrained];
    }
    for set in &trained.sets {
        let apart = set.apart();
        if apart > APART {
            warnings.push(Warning::StartsDisagree { rule: set.rule.clone(), apart });
        }
        if !set.settled {
            warnings.push(Warning::Unsettled { rule: set.rule.clone() });
        }
    }
    for comparison in entry.comparisons.iter().filter(|comparison| comparison.filled > 0.0) {
        let pairs: f64 = comparison.levels.iter().map(|level| level.pairs).sum();
        let comparison_key = comparison.key;
        if pairs < prior::STRENGTH {
            warnings.push(Warning::FewPairs { comparison: comparison_key, pairs });
            continue;
        }
        let unseen = comparison.levels.iter();
        let unseen = unseen.filter(|level| level.pairs < UNSEEN && level.occurs());
        let levels: Vec<&'static str> = unseen.map(|level| level.name).collect();
        if !levels.is_empty() {
            warnings.push(Warning::NeverSeen { comparison: comparison_key, levels });
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::saved::{ComparisonEntry, LevelEntry};
    use crate::model::{Dependence, LEVELS, Labels, Trained, TrainingSet};

    fn entry(sets: Vec<TrainingSet>, surnames: [f64; 2], filled: f64) -> Entry {
        let level =
            |(name, pairs)| LevelEntry { name, m: 0.5, u: 0.5, weight: 0.0, prior: 0.5, pairs };
        let levels = ["exact", "different"].into_iter().zip(surnames).map(level).collect();
        Entry {
            name: "births".to_owned(),
            records: 1,
            matches: 1.0,
            lambda: 1.0,
            coverage: 1.0,
            comparisons: vec![ComparisonEntry { key: "surname", filled, levels }],
            hands: Vec::new(),
            trained: Trained {
                m: [[0.0; LEVELS]; 11],
                seen: [[0.0; LEVELS]; 11],
                sets,
                labels: Labels::default(),
                dependence: Dependence::default(),
            },
        }
    }

    fn set(settled: bool, penalised: &[f64]) -> TrainingSet {
        TrainingSet {
            rule: "names".to_owned(),
            pairs: 100,
            patterns: 3,
            lambda: 0.5,
            kin: 0.0,
            rounds: 7,
            settled,
            best: 0,
            log_likelihood: penalised.to_vec(),
            penalised: penalised.to_vec(),
            history: Vec::new(),
        }
    }

    #[test]
    fn what_is_sound_raises_no_warning() {
        let sound = entry(vec![set(true, &[-10.0, -11.9])], [90.0, 5.0], 1.0);
        assert_eq!(warnings(&sound), []);
        // A column that the register does not have is nobody's concern.
        assert_eq!(warnings(&entry(vec![set(true, &[-10.0])], [0.0, 0.0], 0.0)), []);
    }

    #[test]
    fn each_doubt_is_told() {
        assert_eq!(warnings(&entry(Vec::new(), [0.0, 0.0], 1.0)), [Warning::Untrained]);
        let rule = "names".to_owned();
        let doubtful = entry(vec![set(false, &[-10.0, -13.0])], [90.0, 0.4], 1.0);
        assert_eq!(
            warnings(&doubtful),
            [
                Warning::StartsDisagree { rule: rule.clone(), apart: 3.0 },
                Warning::Unsettled { rule },
                Warning::NeverSeen { comparison: "surname", levels: vec!["different"] },
            ]
        );
        let few = entry(vec![set(true, &[-10.0])], [19.0, 0.0], 0.5);
        assert_eq!(warnings(&few), [Warning::FewPairs { comparison: "surname", pairs: 19.0 }]);
    }
}
