//! What several outputs show: children by status, links by register, rejected rows.

use std::collections::BTreeMap;

use crate::job::{Kind, Role};
use crate::resolve::Decision;
use crate::verdict::Status;

use super::Run;
use super::words::{self, Lang};

/// Links of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterCount {
    /// Index of the source in the job.
    pub source: usize,
    /// Its name.
    pub name: String,
    /// Accepted links.
    pub links: u64,
    /// Possible links.
    pub review: u64,
    /// Children with an accepted link.
    pub children: u64,
    /// Accepted links by what they prove, by [`Kind::ALL`].
    pub kinds: Vec<(Kind, u64)>,
}

/// What of one source was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedCount {
    /// Index of the source in the job.
    pub source: usize,
    /// Its name.
    pub name: String,
    /// Data rows, rejected ones included.
    pub seen: u64,
    /// Rows lost whole.
    pub rows: u64,
    /// Single values lost.
    pub values: u64,
}

/// All counts.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) children: u64,
    pub(super) candidates: u64,
    /// By [`Status::ALL`].
    pub(super) statuses: Vec<(Status, u64)>,
    /// Registers in the order of the job.
    pub(super) registers: Vec<RegisterCount>,
    /// Sources in the order of the job.
    pub(super) rejected: Vec<RejectedCount>,
    /// (source, field, reason, whether the whole row is lost) → times, in that order.
    pub(super) reasons: BTreeMap<(usize, String, String, bool), u64>,
}

impl Tally {
    pub(super) fn of(run: &Run<'_>) -> Self {
        let mut statuses = BTreeMap::new();
        for child in run.children {
            *statuses.entry(child.status).or_insert(0) += 1;
        }
        let statuses: Vec<_> =
            Status::ALL.map(|status| (status, statuses.get(&status).copied().unwrap_or(0))).into();
        let candidates =
            statuses.iter().filter(|(status, _)| status.is_candidate()).map(|(_, n)| n).sum();

        let mut rejected = Vec::new();
        let mut reasons = BTreeMap::new();
        for (source, settings) in run.job.sources.iter().enumerate() {
            let list = run.rejected.get(source).map_or(&[][..], Vec::as_slice);
            let rows = list.iter().filter(|item| item.whole_row).count() as u64;
            rejected.push(RejectedCount {
                source,
                name: settings.name.clone(),
                seen: run.extracted.get(source).map_or(0, |extracted| extracted.rows),
                rows,
                values: list.len() as u64 - rows,
            });
            for item in list {
                let key = (source, item.field.clone(), item.reason.clone(), item.whole_row);
                *reasons.entry(key).or_insert(0) += 1;
            }
        }
        Self {
            children: run.children.len() as u64,
            candidates,
            statuses,
            registers: registers(run),
            rejected,
            reasons,
        }
    }

    pub(super) fn status(&self, wanted: Status) -> u64 {
        self.statuses.iter().find(|(status, _)| *status == wanted).map_or(0, |(_, n)| *n)
    }

    pub(super) fn rejected_rows(&self) -> u64 {
        self.rejected.iter().map(|count| count.rows).sum()
    }

    pub(super) fn rejected_values(&self) -> u64 {
        self.rejected.iter().map(|count| count.values).sum()
    }

    /// See [`super::summary_lines`].
    pub(super) fn lines(&self, run: &Run<'_>, lang: Lang) -> Vec<String> {
        let count = |n| words::count(n, lang);
        let mut lines = vec![format!(
            "{}: {} {} {}",
            lang.of("У переліку", "On the list"),
            words::children(self.candidates, lang),
            lang.of("з", "of"),
            count(self.children),
        )];
        let width = |names: &mut dyn Iterator<Item = usize>| names.max().unwrap_or(0);
        let name_width = width(
            &mut Status::ALL.iter().map(|status| words::status(*status, lang).chars().count()),
        );
        for (status, n) in &self.statuses {
            let name = words::status(*status, lang);
            lines.push(format!("  {name:name_width$}  {:>11}", count(*n)));
        }
        lines.push(
            lang.of(
                "Збіги з реєстрами, по шкільних записах:",
                "Links by register, of school records:",
            )
            .to_owned(),
        );
        let name_width = width(&mut self.registers.iter().map(|r| r.name.chars().count()));
        for register in &self.registers {
            lines.push(format!(
                "  {:name_width$}  {:>11} {}, {} {}",
                register.name,
                count(register.links),
                lang.of("прийнято", "accepted"),
                count(register.review),
                lang.of("на перевірку", "for review"),
            ));
        }
        lines.push(format!(
            "{}: {}; {}: {}",
            lang.of("Відхилено рядків", "Rows rejected"),
            count(self.rejected_rows()),
            lang.of("окремих значень", "single values"),
            count(self.rejected_values()),
        ));
        lines.extend(super::errors::lines(run.errors, lang));
        lines.push(format!(
            "{}: {}, {} {}",
            lang.of("Очікувано хибно підтверджених дітей", "Children wrongly confirmed, expected"),
            words::expected(run.wrong.expected, lang),
            lang.of("не більше", "at most"),
            words::upper(run.wrong.upper, lang),
        ));
        lines.push(format!(
            "{}: {}",
            lang.of("Зайвих перевірок, за очікуванням", "Needless cases, expected"),
            words::decimal(run.needless, 1, lang),
        ));
        lines
    }
}

fn registers(run: &Run<'_>) -> Vec<RegisterCount> {
    let mut kinds = vec![BTreeMap::new(); run.job.sources.len()];
    let mut review = vec![0; run.job.sources.len()];
    let mut linked = vec![Vec::new(); run.job.sources.len()];
    for link in run.links {
        let source = link.registry.source;
        if source >= run.job.sources.len() {
            continue;
        }
        match link.decision {
            Decision::Link => {
                // What proves nothing else proves that the person exists.
                let kind = link.evidence_kind.unwrap_or(Kind::Identity);
                *kinds[source].entry(kind).or_insert(0) += 1;
                linked[source].push(link.child);
            }
            Decision::Review => review[source] += 1,
        }
    }
    let mut counts = Vec::new();
    for (source, settings) in run.job.sources.iter().enumerate() {
        if settings.role != Role::Registry {
            continue;
        }
        let children = &mut linked[source];
        let links = children.len() as u64;
        children.sort_unstable();
        children.dedup();
        counts.push(RegisterCount {
            source,
            name: settings.name.clone(),
            links,
            review: review[source],
            children: children.len() as u64,
            kinds: Kind::ALL
                .map(|kind| (kind, kinds[source].get(&kind).copied().unwrap_or(0)))
                .into(),
        });
    }
    counts
}
