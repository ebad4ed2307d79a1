//! The list: who stands first, for which reasons, and the rule that ranked them.

use std::cmp::Reverse;

use super::super::candidates::Candidates;
use super::super::words;
use super::facts::{Facts, MOVEMENTS, listed};
use super::figure::{Figure, Term};
use super::pen::{Pen, length, part};
use super::texts::{Texts, fill};
use crate::verdict::ReasonCode;

/// Children that the page lists.
const CHILDREN_SHOWN: usize = 50;

pub(super) struct List {
    pub(super) rows: Vec<ListRow>,
    pub(super) left_out: Option<String>,
    pub(super) reasons: Vec<ReasonRow>,
    pub(super) rule: Vec<(String, String)>,
}

pub(super) struct ListRow {
    pub(super) rank: u64,
    pub(super) child: String,
    pub(super) key: &'static str,
    pub(super) status: &'static str,
    pub(super) priority: u16,
    pub(super) reasons: Vec<String>,
}

pub(super) struct ReasonRow {
    pub(super) name: &'static str,
    pub(super) count: Figure,
    pub(super) width: String,
}

pub(super) fn list(pen: &mut Pen<'_>, facts: &Facts, list: &Candidates<'_>) -> List {
    let (run, lang) = (pen.run, pen.lang);
    let left = list.len().saturating_sub(CHILDREN_SHOWN) as u64;
    let row = |(child, rank): (&crate::verdict::Child, u64)| ListRow {
        rank,
        child: child.id.clone(),
        key: child.status.key(),
        status: words::status(child.status, lang),
        priority: child.priority,
        reasons: run.reasons(child, lang),
    };
    List {
        rows: list.children().zip(1..).take(CHILDREN_SHOWN).map(row).collect(),
        left_out: (left > 0).then(|| fill(pen.t.list_left, &[&pen.count(left)])),
        reasons: reasons(pen, facts),
        rule: rule(pen),
    }
}

/// How many children on the list have a reason, most frequent first.
fn reasons(pen: &mut Pen<'_>, facts: &Facts) -> Vec<ReasonRow> {
    let mut counts: Vec<_> = facts.reasons.iter().collect();
    // Stable: equals stay in the order of the codes.
    counts.sort_by_key(|(_, bucket)| Reverse(bucket.count));
    let mut rows = Vec::new();
    for (&code, bucket) in counts {
        let name = words::reason_code(code, pen.lang);
        let key = format!("reason-{}", code.key());
        let title = format!("{}: {name}", pen.t.reason);
        let terms = [Term::Status(listed()), Term::Reason(code)];
        rows.push(ReasonRow {
            name,
            count: pen.behind.count(&key, &title, bucket, &terms),
            width: length(100.0 * part(bucket.count, facts.total.listed.count)),
        });
    }
    rows
}

/// The points of the rule, those of nothing left out.
fn rule(pen: &Pen<'_>) -> Vec<(String, String)> {
    let priority = &pen.run.job.priority;
    let signed = |points: i32| {
        let number = words::decimal(f64::from(points), 0, pen.lang);
        if points > 0 { format!("+{number}") } else { number }
    };
    let mut rows: Vec<_> = priority
        .points()
        .into_iter()
        .filter(|(_, points)| *points != 0)
        .map(|(key, points)| (point(key, pen.t).to_owned(), signed(points)))
        .collect();
    rows.extend(
        priority
            .regions
            .iter()
            .map(|(region, points)| (fill(pen.t.rule_region, &[region]), signed(*points))),
    );
    rows
}

/// What a key of the rule gives points for.
fn point(key: &'static str, t: &Texts) -> &'static str {
    match key {
        "reported_missing" => t.point_reported_missing,
        "unconfirmed" => t.point_unconfirmed,
        "not_assessable" => t.point_not_assessable,
        "review" => t.point_review,
        "contact_lost" => t.point_contact_lost,
        "displaced" => t.point_displaced,
        "no_trace" => t.point_no_trace,
        "school_says" => t.point_school_says,
        "vanished" => t.point_vanished,
        "sibling_missing" => t.point_sibling_missing,
        "year_younger" => t.point_year_younger,
        "year_unseen" => t.point_year_unseen,
        "possible_double" => t.point_possible_double,
        "finished" => t.point_finished,
        // A key of later days is shown as the job has it.
        other => other,
    }
}

pub(super) struct Move {
    pub(super) name: &'static str,
    pub(super) count: Figure,
    pub(super) share: String,
}

/// Children who came and went.
pub(super) fn movements(pen: &mut Pen<'_>, facts: &Facts) -> Vec<Move> {
    let all = facts.total.all.count;
    let mut kinds: Vec<(&'static str, String, _, Term)> = MOVEMENTS
        .iter()
        .zip(&facts.movements)
        .map(|(&code, bucket): (&ReasonCode, _)| {
            let key = format!("move-{}", code.key());
            (words::reason_code(code, pen.lang), key, bucket, Term::Reason(code))
        })
        .collect();
    kinds.push((pen.t.moves_renamed, "move-renamed".to_owned(), &facts.renamed, Term::Renamed));
    let mut rows = Vec::new();
    for (name, key, bucket, term) in kinds {
        if bucket.count > 0 {
            rows.push(Move {
                name,
                count: pen.behind.count(&key, name, bucket, &[term]),
                share: pen.share(bucket.count, all),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::texts::texts;
    use super::*;
    use crate::job::PrioritySettings;
    use crate::report::words::Lang;

    #[test]
    fn every_key_of_the_rule_has_words() {
        for lang in Lang::ALL {
            for (key, _) in PrioritySettings::default().points() {
                assert_ne!(point(key, texts(lang)), key);
            }
        }
    }
}
