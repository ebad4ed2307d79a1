//! The figures as aligned text.

use std::fmt::Write as _;

use super::calibration::Errors;
use super::figures::{
    Cause, CauseCount, ChildFigures, Evaluation, HiddenFigures, RegisterFigures, StatusFigures,
};
use super::intervals::{Estimate, Share};
use crate::columns::{aligned, left};
use crate::verdict::Status;

/// What stands where there is no figure.
pub(super) const NONE: &str = "–";

impl Evaluation {
    /// The figures as text for a terminal: Ukrainian headings over English ones, 95 %
    /// intervals in brackets.
    #[must_use]
    pub fn to_table(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "{} · {} … {}\n", self.job, self.evidence_since, self.as_of);
        if self.registers.is_empty() {
            out.push_str("Жоден реєстр не має правди (no register has truth)\n");
        } else {
            out.push_str("Зв’язки (links)\n");
            out.push_str(&aligned(&links(&self.registers)));
            out.push_str("\nПороги й перевірка (thresholds and review)\n");
            out.push_str(&aligned(&thresholds(&self.registers)));
            out.push_str(
                "\nКалібрування: хибних знайдено / мало б бути, за заявленою ймовірністю \
                 (false pairs found / expected, by stated probability)\n",
            );
            out.push_str(&aligned(&calibration(&self.registers)));
            out.push_str(&stated(&self.registers));
            out.push_str(&worst(&self.registers));
        }
        out.push_str(&children(&self.children));
        out.push_str(
            "\n[95 %]: межі наближені, бо пари однієї дитини пов’язані \
             (approximate: pairs of one child are clustered)\n",
        );
        for name in &self.skipped {
            let _ = writeln!(out, "Без правди, не виміряно (no truth, not measured): {name}");
        }
        for file in &self.unused_files {
            let _ = writeln!(out, "Файл не стосується жодного джерела (file of no source): {file}");
        }
        out
    }
}

/// A share of 1 by four decimals, or six near 0 and 1, never rounded to either.
pub(super) fn figure(value: f64) -> String {
    let near = value.min(1.0 - value);
    if value <= 0.0 || value >= 1.0 || near >= 0.001 {
        return format!("{value:.4}");
    }
    format!("{:.6}", value.clamp(0.000_001, 0.999_999))
}

pub(super) fn with_ends(value: f64, low: f64, high: f64) -> String {
    format!("{} [{}, {}]", figure(value), figure(low), figure(high))
}

pub(super) fn share(share: Option<Share>) -> String {
    share.map_or_else(|| NONE.to_owned(), |s| with_ends(s.value, s.low, s.high))
}

pub(super) fn estimate(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| NONE.to_owned(), |e| with_ends(e.value, e.low, e.high))
}

/// The rate of hidden children with its interval.
pub(super) fn per_10_000(hidden: &HiddenFigures) -> String {
    hidden.per_10_000.map_or_else(
        || NONE.to_owned(),
        |e| format!("{:.2} [{:.2}, {:.2}]", e.value, e.low, e.high),
    )
}

fn point(share: Option<Share>) -> String {
    share.map_or_else(|| NONE.to_owned(), |share| figure(share.value))
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn links(registers: &[RegisterFigures]) -> Vec<Vec<String>> {
    let mut rows = vec![
        row(&["реєстр", "істинних", "збігів", "хибних", "пропущено", "точність", "повнота", "F1"]),
        row(&["register", "true", "links", "false", "missed", "precision", "recall", "F1"]),
    ];
    rows.extend(registers.iter().map(|r| {
        vec![
            r.register.clone(),
            r.true_pairs.to_string(),
            r.links.to_string(),
            r.false_positives.to_string(),
            r.missed.to_string(),
            share(r.precision),
            share(r.recall),
            estimate(r.f1),
        ]
    }));
    rows
}

fn thresholds(registers: &[RegisterFigures]) -> Vec<Vec<String>> {
    let mut head = [row(&["реєстр"]), row(&["register"])];
    if let Some(first) = registers.first() {
        for at in &first.recall_at {
            head[0].push("повнота за".to_owned());
            head[1].push(format!("R at P={}", at.precision));
        }
    }
    for (uk, en) in [
        ("краще F1", "best F1"),
        ("перевірка", "review"),
        ("істинна частка", "true share"),
        ("не порівняно", "not compared"),
        ("нижче порога", "below"),
        ("не оцінено", "unjudged"),
    ] {
        head[0].push(uk.to_owned());
        head[1].push(en.to_owned());
    }
    let mut rows = Vec::from(head);
    rows.extend(registers.iter().map(|r| {
        let mut cells = vec![r.register.clone()];
        cells.extend(r.recall_at.iter().map(|at| point(at.recall)));
        cells.push(r.best_f1.map_or_else(|| NONE.to_owned(), |best| figure(best.f1.value)));
        cells.push(r.review.pairs.to_string());
        cells.push(share(r.review.true_share));
        let lost = r.lost;
        cells.push(lost.and_then(|lost| lost.never_compared).map_or_else(
            || NONE.to_owned(),
            |share| format!("{} ({})", share.count, figure(share.value)),
        ));
        cells.push(lost.map_or_else(|| NONE.to_owned(), |lost| lost.compared_below.to_string()));
        cells.push(r.unjudged.to_string());
        cells
    }));
    rows
}

/// Edges of the columns of the calibration table: the bins are too many for a terminal.
const EDGES: [f64; 7] = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0];

fn calibration(registers: &[RegisterFigures]) -> Vec<Vec<String>> {
    let mut head = row(&["register"]);
    head.extend(EDGES.windows(2).map(|edges| format!("{}–{}", edges[0], edges[1])));
    head.extend(row(&["accepted", "all shown"]));
    let said = |errors: Errors| {
        if errors.pairs == 0 {
            return NONE.to_owned();
        }
        let expected = errors.expected_false;
        let decimals = if expected < 10.0 { 2 } else { 0 };
        format!("{} / {expected:.decimals$}", errors.false_pairs)
    };
    let mut rows = vec![head];
    rows.extend(registers.iter().map(|r| {
        let mut cells = vec![r.register.clone()];
        cells.extend(EDGES.windows(2).map(|edges| {
            let within =
                r.calibration.bins.iter().filter(|b| b.from >= edges[0] && b.from < edges[1]);
            said(within.fold(Errors::default(), |sum, bin| sum.plus(bin.errors)))
        }));
        cells.extend([said(r.calibration.accepted), said(r.calibration.shown)]);
        cells
    }));
    rows
}

/// What the run estimated, beside what is true.
fn stated(registers: &[RegisterFigures]) -> String {
    let mut rows = vec![row(&["register", "found", "method", "estimated", "95 %"])];
    for register in registers {
        for stated in &register.stated {
            rows.push(vec![
                register.register.clone(),
                register.false_positives.to_string(),
                stated.method.clone(),
                format!("{:.2}", stated.false_links),
                stated.bounds(),
            ]);
        }
    }
    if rows.len() == 1 {
        return String::new();
    }
    let head = "\nХибні серед прийнятих: насправді й за оцінками самої звірки \
                (false among accepted: true, and as the run estimated)\n";
    format!("{head}{}", aligned(&rows))
}

/// The surest false link of each register; the page and JSON name ten.
fn worst(registers: &[RegisterFigures]) -> String {
    let mut out = String::new();
    for link in registers.iter().filter_map(|r| r.worst.first()) {
        if out.is_empty() {
            out.push_str(
                "\nНайпевніший хибний збіг кожного реєстру (surest false link of each register)\n",
            );
        }
        let levels: Vec<String> =
            link.levels.iter().map(|(c, level)| format!("{c} {level}")).collect();
        let decision = if link.accepted { "link" } else { "review" };
        let _ = writeln!(
            out,
            "  {} – {}  {} {decision}{}  {}",
            link.school,
            link.register,
            figure(link.probability),
            if link.twin_risk { " twin_risk" } else { "" },
            levels.join(", ")
        );
    }
    out
}

fn children(figures: &ChildFigures) -> String {
    let mut out = String::from("\nДіти (children)\n");
    let of = |share: Option<Share>| {
        share.map_or_else(
            || NONE.to_owned(),
            |s| format!("{} of {}  {}", s.count, s.of, with_ends(s.value, s.low, s.high)),
        )
    };
    let mut rows = vec![
        vec!["дітей у звірці (children of the run)".to_owned(), figures.children.to_string()],
        vec!["осіб насправді (persons in truth)".to_owned(), figures.persons.to_string()],
        vec!["хибно об’єднані (two persons in one child)".to_owned(), of(figures.wrongly_joined)],
        vec!["розділені (one person in several children)".to_owned(), of(figures.split)],
    ];
    if figures.unjudged > 0 {
        rows.push(vec!["не оцінено (unjudged)".to_owned(), figures.unjudged.to_string()]);
    }
    let Some(statuses) = &figures.statuses else {
        out.push_str(&left(&rows));
        out.push_str(
            "Справжніх статусів немає (no true statuses): children.parquet, children.csv\n",
        );
        return out;
    };
    rows.push(vec!["повнота переліку (list recall)".to_owned(), of(statuses.list_recall)]);
    rows.push(vec!["точність переліку (list precision)".to_owned(), of(statuses.list_precision)]);
    for group in &statuses.groups {
        let name = match group.group.as_str() {
            "twin" => "  близнюки (twins), повнота (recall)".to_owned(),
            "trap" => "  пастки (traps: brother, sister or twin confirmed), повнота".to_owned(),
            other => format!("  {other}, повнота (recall)"),
        };
        rows.push(vec![name, of(group.list_recall)]);
    }
    let hidden = &statuses.hidden;
    rows.push(vec![
        "ПРИХОВАНІ ДІТИ (hidden children)".to_owned(),
        format!("{} of {}", hidden.persons, hidden.of),
    ]);
    rows.push(vec!["  на 10 000 дітей (per 10,000)".to_owned(), per_10_000(hidden)]);
    for cause in &hidden.causes {
        rows.push(vec![format!("  {}", cause_words(cause)), cause_count(cause)]);
    }
    let needless: u64 = statuses.needless.values().sum();
    rows.push(vec!["зайві справи (needless cases)".to_owned(), needless.to_string()]);
    for status in Status::ALL.into_iter().filter(|status| status.is_candidate()) {
        let count = statuses.needless.get(status.key()).copied().unwrap_or(0);
        rows.push(vec![format!("  {}", status.key()), count.to_string()]);
    }
    if statuses.without_status > 0 {
        rows.push(vec![
            "осіб без справжнього статусу (persons without true status)".to_owned(),
            statuses.without_status.to_string(),
        ]);
    }
    out.push_str(&left(&rows));
    out.push_str(
        "\nСтатус насправді (рядок) і знайдений (стовпець) (true status by status found)\n",
    );
    out.push_str(&aligned(&confusion(statuses)));
    if !hidden.examples.is_empty() {
        out.push_str("\nПриховані, для zvirka explain (hidden, to be explained)\n");
        for example in hidden.examples.iter().take(10) {
            let _ = writeln!(out, "  {}  {} ← {}", example.child, example.status, example.truth);
        }
    }
    out
}

/// A cause in words.
pub(super) fn cause_words(count: &CauseCount) -> String {
    let words = match count.cause {
        Cause::FalseLink => "хибний збіг (false link)",
        Cause::Joined => "об’єднано з іншою дитиною (joined with another child)",
        Cause::TrueLink => "зараховано зайве свідчення (true link, evidence counted)",
        Cause::SchoolVouches => "підтвердила школа (the school vouched)",
        Cause::NotInRun => "записи відхилено (records rejected)",
        Cause::Unexplained => "не з’ясовано (unexplained)",
    };
    count
        .register
        .as_ref()
        .map_or_else(|| words.to_owned(), |register| format!("{words}: {register}"))
}

/// A cause's count, with what twins explain of it.
pub(super) fn cause_count(count: &CauseCount) -> String {
    if count.twins == 0 {
        return count.persons.to_string();
    }
    format!("{}, близнюки чи рідні (twins or siblings): {}", count.persons, count.twins)
}

/// Short headings of the columns of the confusion matrix.
pub(super) const fn short(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::ReportedMissing => ("розшук", "missing"),
        Status::Unconfirmed => ("не підтв.", "unconf."),
        Status::Review => ("перевірка", "review"),
        Status::NotAssessable => ("замало", "not ass."),
        Status::Confirmed => ("підтв.", "conf."),
        Status::ConfirmedAbroad => ("кордон", "abroad"),
        Status::Deceased => ("смерть", "deceased"),
    }
}

fn confusion(figures: &StatusFigures) -> Vec<Vec<String>> {
    let mut head = [row(&[""]), row(&["true \\ found"])];
    for status in Status::ALL {
        let (uk, en) = short(status);
        head[0].push(uk.to_owned());
        head[1].push(en.to_owned());
    }
    head[0].push("немає".to_owned());
    head[1].push("absent".to_owned());
    let mut rows = Vec::from(head);
    rows.extend(figures.confusion.iter().map(|line| {
        let mut cells = vec![line.truth.to_owned()];
        cells.extend(
            Status::ALL
                .map(|status| line.found.get(status.key()).copied().unwrap_or(0).to_string()),
        );
        cells.push(line.not_in_run.to_string());
        cells
    }));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_short_of_all_reads_as_all() {
        assert_eq!(figure(1.0), "1.0000");
        assert_eq!(figure(0.0), "0.0000");
        assert_eq!(figure(0.999_999_99), "0.999999");
        assert_eq!(figure(0.000_000_01), "0.000001");
        assert_eq!(figure(0.987_65), "0.9877");
        assert_eq!(figure(0.999_95), "0.999950");
    }
}
