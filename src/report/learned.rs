//! What the model has learned, for people: the chart of match weights on the page, and the
//! table that `zvirka train` prints.

use std::fmt::Write as _;

use super::page::{fill, texts};
use super::words::{self, Lang};
use crate::compare::Comparison;
use crate::model::saved::{ComparisonEntry, Document, Entry, LevelEntry};
use crate::model::warnings::{Warning, warnings};
use crate::model::{Round, TrainingSet};

/// Weights, in bits, that lie between two lines of the chart.
const GRID: f64 = 5.0;

/// The chart of all registers.
pub(super) struct Chart {
    pub(super) axis: Vec<Tick>,
    pub(super) zero: String,
    pub(super) registers: Vec<RegisterChart>,
}

/// A line of the chart.
pub(super) struct Tick {
    pub(super) at: String,
    pub(super) label: String,
}

/// One register, or the schools among themselves.
pub(super) struct RegisterChart {
    pub(super) name: String,
    /// Records, expected matches, their shares.
    pub(super) summary: String,
    pub(super) comparisons: Vec<ComparisonChart>,
    pub(super) absent: Option<String>,
    pub(super) sets: Vec<SetRow>,
    /// The rule of the largest set, and some of its rounds.
    pub(super) rounds: Option<(String, Vec<RoundRow>)>,
    pub(super) labels: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// One comparison.
pub(super) struct ComparisonChart {
    pub(super) name: &'static str,
    pub(super) filled: String,
    pub(super) levels: Vec<Bar>,
}

/// One level.
pub(super) struct Bar {
    pub(super) name: &'static str,
    pub(super) weight: String,
    pub(super) m: String,
    pub(super) u: String,
    pub(super) pairs: String,
    pub(super) against: bool,
    pub(super) x: String,
    pub(super) width: String,
}

/// One set of training pairs.
pub(super) struct SetRow {
    pub(super) rule: String,
    pub(super) pairs: String,
    pub(super) patterns: String,
    pub(super) lambda: String,
    pub(super) kin: String,
    pub(super) rounds: String,
    pub(super) reached: String,
    /// Nats between the highest and the lowest start.
    pub(super) apart: String,
}

/// One round of training.
pub(super) struct RoundRow {
    pub(super) round: String,
    pub(super) log_likelihood: String,
    pub(super) lambda: String,
    pub(super) change: String,
}

/// The scale of the chart: the same for all registers, so that they can be compared.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(model: &Document) -> Self {
        let weights = entries(model)
            .flat_map(|entry| entry.comparisons.iter().filter(|c| is_there(c)))
            .flat_map(|c| c.levels.iter().filter(|l| l.occurs()).map(|level| level.weight))
            .filter(|weight| weight.is_finite());
        let (low, high) = weights
            .fold((0.0_f64, 0.0_f64), |(low, high), weight| (low.min(weight), high.max(weight)));
        let (low, high) = ((low / GRID).floor() * GRID, (high / GRID).ceil() * GRID);
        Self { low: low.min(-GRID), high: high.max(GRID) }
    }

    /// Where a weight stands, in percent of the width.
    fn place(&self, weight: f64) -> f64 {
        100.0 * (weight - self.low) / (self.high - self.low)
    }

    /// Every second line bears a number, zero among them.
    fn axis(&self, lang: Lang) -> Vec<Tick> {
        let mut ticks = Vec::new();
        let mut at = self.low;
        while at <= self.high {
            let labelled = (at / GRID / 2.0).fract() == 0.0;
            let sign = if at > 0.0 { "+" } else { "" };
            let label = format!("{sign}{}", words::decimal(at, 0, lang));
            let label = if labelled { label } else { String::new() };
            ticks.push(Tick { at: length(self.place(at)), label });
            at += GRID;
        }
        ticks
    }
}

fn length(value: f64) -> String {
    format!("{value:.1}")
}

fn entries(model: &Document) -> impl Iterator<Item = &Entry> {
    model.registries().iter().chain([model.population()])
}

/// Whether a register has values to compare at all.
fn is_there(comparison: &ComparisonEntry) -> bool {
    comparison.filled > 0.0 && !comparison.levels.is_empty()
}

/// The chart; none where nothing was learned.
pub(super) fn chart(model: &Document, lang: Lang) -> Option<Chart> {
    let scale = Scale::of(model);
    let registers: Vec<RegisterChart> = entries(model)
        .filter(|entry| entry.comparisons.iter().any(is_there))
        .map(|entry| register(entry, model, &scale, lang))
        .collect();
    let zero = length(scale.place(0.0));
    (!registers.is_empty()).then(|| Chart { axis: scale.axis(lang), zero, registers })
}

fn title(entry: &Entry, model: &Document, lang: Lang) -> String {
    if std::ptr::eq(entry, model.population()) {
        lang.of("школи між собою", "the schools among themselves").to_owned()
    } else {
        entry.name.clone()
    }
}

fn comparison_name(key: &'static str, lang: Lang) -> &'static str {
    Comparison::from_key(key).map_or(key, |known| words::comparison(known, lang))
}

fn level_name(name: &'static str, lang: Lang) -> &'static str {
    words::level(name, lang).unwrap_or(name)
}

/// A number of pairs or a log-likelihood: with tenths where it is small and has some.
fn amount(value: f64, lang: Lang) -> String {
    let tenths = (value * 10.0).round() % 10.0 != 0.0;
    words::decimal(value, usize::from(value.abs() < 100.0 && tenths), lang)
}

/// A probability with as many digits as it takes to see it.
fn probability(value: f64, lang: Lang) -> String {
    if value > 0.0 && value < 0.0005 {
        let text = format!("{value:.1e}").replace('-', "−");
        return text.replace('.', lang.of(",", "."));
    }
    words::decimal(value, 3, lang)
}

/// A share that may be nothing or all.
fn share(value: f64, lang: Lang) -> String {
    format!("{}\u{a0}%", words::decimal(100.0 * value, 1, lang))
}

fn register(entry: &Entry, model: &Document, scale: &Scale, lang: Lang) -> RegisterChart {
    let t = texts(lang);
    let comparison = |comparison: &ComparisonEntry| ComparisonChart {
        name: comparison_name(comparison.key, lang),
        filled: fill(t.weights_filled, &[&share(comparison.filled, lang)]),
        levels: comparison
            .levels
            .iter()
            .filter(|level| level.occurs())
            .map(|level| bar(level, scale, lang))
            .collect(),
    };
    let (there, absent): (Vec<_>, Vec<_>) = entry.comparisons.iter().partition(|c| is_there(c));
    let absent: Vec<&str> = absent.iter().map(|c| comparison_name(c.key, lang)).collect();
    let labels = entry.trained.labels;
    RegisterChart {
        name: title(entry, model, lang),
        summary: fill(
            t.weights_register,
            &[
                &words::count(entry.records, lang),
                &amount(entry.matches, lang),
                &probability(entry.lambda, lang),
                &share(entry.coverage.min(1.0), lang),
            ],
        ),
        comparisons: there.into_iter().map(comparison).collect(),
        absent: (!absent.is_empty()).then(|| fill(t.weights_nothing, &[&absent.join(", ")])),
        sets: entry.trained.sets.iter().map(|set| set_row(set, lang)).collect(),
        rounds: rounds(&entry.trained.sets, lang),
        labels: (!labels.is_none()).then(|| {
            let (same, different) = (amount(labels.same, lang), amount(labels.different, lang));
            fill(t.weights_labels, &[&same, &different])
        }),
        warnings: warnings(entry).iter().map(|warning| tell(warning, lang)).collect(),
    }
}

fn bar(level: &LevelEntry, scale: &Scale, lang: Lang) -> Bar {
    let against = level.weight < 0.0;
    let (zero, end) = (scale.place(0.0), scale.place(level.weight));
    let (x, width) =
        if level.weight.is_finite() { (zero.min(end), (end - zero).abs()) } else { (zero, 0.0) };
    Bar {
        name: level_name(level.name, lang),
        weight: signed(level.weight, lang),
        m: probability(level.m, lang),
        u: probability(level.u, lang),
        pairs: amount(level.pairs, lang),
        against,
        x: length(x),
        width: length(width),
    }
}

fn signed(weight: f64, lang: Lang) -> String {
    let text = words::decimal(weight, 1, lang);
    if weight >= 0.05 { format!("+{text}") } else { text }
}

fn set_row(set: &TrainingSet, lang: Lang) -> SetRow {
    let reached = set.penalised.get(set.best).copied().unwrap_or(f64::NAN);
    SetRow {
        rule: set.rule.clone(),
        pairs: words::count(set.pairs, lang),
        patterns: words::count(set.patterns as u64, lang),
        lambda: share(set.lambda, lang),
        kin: share(set.kin, lang),
        rounds: words::count(set.rounds as u64, lang),
        reached: amount(reached, lang),
        apart: words::decimal(set.apart(), 2, lang),
    }
}

/// The largest set's first rounds, then ever fewer, and the last.
fn rounds(sets: &[TrainingSet], lang: Lang) -> Option<(String, Vec<RoundRow>)> {
    // The first of equals.
    let largest = sets.iter().rev().max_by_key(|set| set.pairs)?;
    let last = largest.history.last()?.round;
    let shown = |round: &&Round| {
        [1, 2, 3, 5, 10, 20, 50, 100, 200, 300, 400].contains(&round.round) || round.round == last
    };
    let row = |round: &Round| RoundRow {
        round: words::count(round.round as u64, lang),
        log_likelihood: words::decimal(round.penalised, 3, lang),
        lambda: words::decimal(round.lambda, 5, lang),
        change: words::decimal(round.change, 6, lang),
    };
    Some((largest.rule.clone(), largest.history.iter().filter(shown).map(row).collect()))
}

fn quoted(name: &str, lang: Lang) -> String {
    let (open, close) = lang.of(("«", "»"), ("“", "”"));
    format!("{open}{name}{close}")
}

/// A warning in a sentence.
fn tell(warning: &Warning, lang: Lang) -> String {
    match warning {
        Warning::Untrained => lang
            .of(
                "замало пар, щоб навчитися: усі m узято з попередніх припущень",
                "too few pairs to learn from: every m is the prior's",
            )
            .to_owned(),
        Warning::FewPairs { comparison, pairs } => format!(
            "{}: {} {}",
            comparison_name(comparison, lang),
            lang.of(
                "m спирається більше на припущення, ніж на пари; пар однієї дитини –",
                "m rests more on the prior than on pairs; pairs of one child:"
            ),
            amount(*pairs, lang),
        ),
        Warning::NeverSeen { comparison, levels } => format!(
            "{}: {} {}",
            comparison_name(comparison, lang),
            lang.of("жодної пари однієї дитини з рівнем", "no pair of one child was seen at"),
            levels
                .iter()
                .map(|name| quoted(level_name(name, lang), lang))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        Warning::StartsDisagree { rule, apart } => format!(
            "{rule}: {} {}",
            lang.of(
                "різні початки дійшли до різних вершин; різниця логарифма правдоподібності –",
                "not all starts reached one summit; their log-likelihoods differ by"
            ),
            words::decimal(*apart, 1, lang),
        ),
        Warning::Unsettled { rule } => format!(
            "{rule}: {}",
            lang.of(
                "кроки скінчилися раніше, ніж m перестало змінюватися",
                "the rounds were used up before m stood still"
            )
        ),
    }
}

/// The model as `zvirka train` prints it.
#[must_use]
pub fn table(model: &Document, lang: Lang) -> String {
    let mut text = String::new();
    for entry in entries(model) {
        if !text.is_empty() {
            text.push('\n');
        }
        register_table(entry, model, lang, &mut text);
    }
    text
}

fn register_table(entry: &Entry, model: &Document, lang: Lang, text: &mut String) {
    let _ = writeln!(
        text,
        "{}: {} {}; {} {} (λ = {}); {} {}",
        title(entry, model, lang),
        lang.of("записів", "records"),
        words::count(entry.records, lang),
        lang.of("пар однієї дитини", "pairs of one child"),
        amount(entry.matches, lang),
        probability(entry.lambda, lang),
        lang.of("шкільних записів зі збігом", "school records with one"),
        share(entry.coverage.min(1.0), lang),
    );
    let labels = entry.trained.labels;
    if !labels.is_none() {
        let _ = writeln!(
            text,
            "  {}: {} {}, {} {}",
            lang.of("Перевірено людьми", "Judged by people"),
            amount(labels.same, lang),
            lang.of("пар однієї дитини", "pairs of one child"),
            amount(labels.different, lang),
            lang.of("пар різних дітей", "pairs of two"),
        );
    }
    let headings = match lang {
        Lang::Uk => ["правило", "пар", "комбінацій", "λ", "родичі", "кроків", "log L"],
        Lang::En => ["rule", "pairs", "patterns", "λ", "kin", "rounds", "log L"],
    };
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    rows.extend(entry.trained.sets.iter().map(|set| {
        vec![
            set.rule.clone(),
            words::count(set.pairs, lang),
            words::count(set.patterns as u64, lang),
            share(set.lambda, lang),
            share(set.kin, lang),
            words::count(set.rounds as u64, lang),
            amount(set.log_likelihood.get(set.best).copied().unwrap_or(f64::NAN), lang),
        ]
    }));
    if rows.len() > 1 {
        aligned(&rows, 1, text);
    }
    let headings = match lang {
        Lang::Uk => ["порівняння", "рівень", "m", "u", "вага", "пар", "припущення"],
        Lang::En => ["comparison", "level", "m", "u", "weight", "pairs", "prior"],
    };
    let mut rows = vec![headings.map(str::to_owned).to_vec()];
    for comparison in entry.comparisons.iter().filter(|comparison| is_there(comparison)) {
        for (i, level) in comparison.levels.iter().enumerate() {
            let name = if i == 0 { comparison_name(comparison.key, lang) } else { "" };
            rows.push(vec![
                name.to_owned(),
                level_name(level.name, lang).to_owned(),
                probability(level.m, lang),
                probability(level.u, lang),
                signed(level.weight, lang),
                amount(level.pairs, lang),
                probability(level.prior, lang),
            ]);
        }
    }
    aligned(&rows, 2, text);
    for warning in warnings(entry) {
        let _ = writeln!(text, "  ! {}", tell(&warning, lang));
    }
}

/// Rows in columns, the first `left` of them aligned left and the rest right.
fn aligned(rows: &[Vec<String>], left: usize, text: &mut String) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::from(" ");
        for ((column, cell), width) in row.iter().enumerate().zip(&widths) {
            let _ = if column < left {
                write!(line, " {cell:<width$} ")
            } else {
                write!(line, " {cell:>width$} ")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
