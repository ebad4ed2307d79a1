//! The figures as a page that needs no other file.

use std::fmt::Write as _;

use askama::Template;

use super::EvaluateError;
use super::calibration::Bin;
use super::figures::{CurvePoint, Evaluation, RegisterFigures, StatusFigures};
use super::stated::StatedErrors;
use super::table::{cause_count, cause_words, estimate, figure, per_10_000, share, short};
use super::worst::FalseLink;
use crate::verdict::Status;

/// Size of the drawing area of a curve, and the space around it.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 66.0;
const TOP: f64 = 14.0;

/// Precisions at which the vertical axis is marked. It is logarithmic in what is lacking
/// to 1: between 0.99 and 0.9999 lies what matters.
const MARKS: [f64; 6] = [0.0, 0.9, 0.99, 0.999, 0.9999, 1.0];

/// How many hidden children the page names.
const NAMED: usize = 20;

#[derive(Template)]
#[template(path = "evaluate.html")]
struct Page<'a> {
    figures: &'a Evaluation,
    registers: Vec<RegisterView<'a>>,
    statuses: Option<StatusView<'a>>,
    wrongly_joined: String,
    split: String,
    has_stated: bool,
}

struct RegisterView<'a> {
    figures: &'a RegisterFigures,
    precision: String,
    recall: String,
    f1: String,
    recall_at: Vec<(f64, String, String)>,
    best_f1: String,
    review_true: String,
    never_compared: String,
    compared_below: String,
    curve: Curve,
    /// Stated against found.
    reliability: Reliability,
    /// Stated, pairs, false ones expected and found, share found with its interval.
    bins: Vec<[String; 5]>,
    worst: Vec<(&'a FalseLink, String, String)>,
    /// Method, figure and bounds.
    stated: Vec<[String; 3]>,
}

/// Drawn in log-odds both ways.
struct Reliability {
    /// Centre of a point, and the ends of its interval.
    points: Vec<[f64; 4]>,
    marks: Vec<(f64, f64, String)>,
}

struct StatusView<'a> {
    figures: &'a StatusFigures,
    list_recall: String,
    list_precision: String,
    per_10_000: String,
    causes: Vec<(String, String)>,
    needless: u64,
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<(&'static str, Vec<Cell>)>,
    named: Vec<Named<'a>>,
}

/// A cell of the confusion matrix; `class` colours it.
struct Cell {
    count: u64,
    class: &'static str,
}

struct Named<'a> {
    child: &'a str,
    status: &'static str,
    truth: &'static str,
    registers: String,
}

/// What the drawing of a curve needs.
struct Curve {
    path: String,
    marks: Vec<(f64, String)>,
    ticks: Vec<(f64, String)>,
    summary: String,
}

impl Evaluation {
    /// The figures as a self-contained HTML page with a precision–recall curve for each
    /// register.
    pub fn to_html(&self) -> Result<String, EvaluateError> {
        let page = Page {
            figures: self,
            registers: self.registers.iter().map(RegisterView::of).collect(),
            statuses: self.children.statuses.as_ref().map(StatusView::of),
            wrongly_joined: share(self.children.wrongly_joined),
            split: share(self.children.split),
            has_stated: self.registers.iter().any(|register| !register.stated.is_empty()),
        };
        page.render().map_err(|error| EvaluateError::Page(error.to_string()))
    }
}

impl<'a> RegisterView<'a> {
    fn of(figures: &'a RegisterFigures) -> Self {
        let none = || "–".to_owned();
        let recall_at = figures.recall_at.iter().map(|at| {
            let threshold = at.probability.zip(at.weight);
            let threshold = threshold.map_or_else(none, |(p, w)| format!("{} / {w:.1}", figure(p)));
            (at.precision, share(at.recall), threshold)
        });
        Self {
            figures,
            precision: share(figures.precision),
            recall: share(figures.recall),
            f1: estimate(figures.f1),
            recall_at: recall_at.collect(),
            best_f1: figures.best_f1.map_or_else(none, |best| estimate(Some(best.f1))),
            review_true: share(figures.review.true_share),
            never_compared: figures
                .lost
                .and_then(|lost| lost.never_compared)
                .map_or_else(none, |s| format!("{} ({})", s.count, figure(s.value))),
            compared_below: figures.lost.map_or_else(none, |lost| lost.compared_below.to_string()),
            curve: curve(&figures.curve),
            reliability: reliability(&figures.calibration.bins),
            bins: figures.calibration.bins.iter().map(bin).collect(),
            stated: figures.stated.iter().map(stated).collect(),
            worst: figures
                .worst
                .iter()
                .map(|link| {
                    let levels = link.levels.iter().map(|(c, level)| format!("{c} {level}"));
                    (link, figure(link.probability), levels.collect::<Vec<_>>().join(", "))
                })
                .collect(),
        }
    }
}

fn bin(bin: &Bin) -> [String; 5] {
    [
        format!("{}–{}", bin.from, bin.to),
        bin.errors.pairs.to_string(),
        format!("{:.2}", bin.errors.expected_false),
        bin.errors.false_pairs.to_string(),
        share(bin.found),
    ]
}

fn stated(stated: &StatedErrors) -> [String; 3] {
    [stated.method.clone(), format!("{:.2}", stated.false_links), stated.bounds()]
}

/// Where the axes of the reliability plot end, in powers of ten of the odds; they begin at −2.
const DECADES: f64 = 5.0;
/// Side of the square that it fills.
const SIDE: f64 = 300.0;

/// Where a probability lies on an axis of log-odds, from 0 to [`SIDE`].
fn along(probability: f64) -> f64 {
    let odds = probability.max(1e-12) / (1.0 - probability).max(1e-12);
    SIDE * (odds.log10().clamp(-2.0, DECADES) + 2.0) / (DECADES + 2.0)
}

fn reliability(bins: &[Bin]) -> Reliability {
    let point = |bin: &Bin| {
        let found = bin.found?;
        let up = |p: f64| TOP + SIDE - along(p);
        Some([LEFT + along(bin.stated), up(found.value), up(found.low), up(found.high)])
    };
    let marks = [0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]
        .map(|mark| (LEFT + along(mark), TOP + SIDE - along(mark), mark.to_string()));
    Reliability { points: bins.iter().filter_map(point).collect(), marks: marks.to_vec() }
}

impl<'a> StatusView<'a> {
    fn of(figures: &'a StatusFigures) -> Self {
        let rows = figures.confusion.iter().map(|line| {
            let truth = Status::from_key(line.truth);
            let class = |found: Option<Status>, count: u64| {
                let listed = found.is_some_and(Status::is_candidate);
                match truth {
                    _ if count == 0 => "none",
                    Some(truth) if found == Some(truth) => "right",
                    Some(truth) if truth.is_candidate() && !listed => "hides",
                    Some(truth) if !truth.is_candidate() && listed => "needless",
                    _ => "",
                }
            };
            let mut cells: Vec<Cell> = Status::ALL
                .into_iter()
                .map(|status| {
                    let count = line.found.get(status.key()).copied().unwrap_or(0);
                    Cell { count, class: class(Some(status), count) }
                })
                .collect();
            cells.push(Cell { count: line.not_in_run, class: class(None, line.not_in_run) });
            (line.truth, cells)
        });
        let hidden = &figures.hidden;
        Self {
            figures,
            list_recall: share(figures.list_recall),
            list_precision: share(figures.list_precision),
            per_10_000: per_10_000(hidden),
            causes: hidden.causes.iter().map(|c| (cause_words(c), cause_count(c))).collect(),
            needless: figures.needless.values().sum(),
            columns: Status::ALL.map(short).to_vec(),
            rows: rows.collect(),
            named: hidden
                .examples
                .iter()
                .take(NAMED)
                .map(|example| Named {
                    child: &example.child,
                    status: example.status,
                    truth: example.truth,
                    registers: example.false_links.join(", "),
                })
                .collect(),
        }
    }
}

/// Height of a precision: decades of what is lacking to 1, five of them.
fn height(precision: f64) -> f64 {
    let decades = -(1.0 - precision).max(1e-5).log10();
    TOP + HEIGHT * (1.0 - decades.clamp(0.0, 5.0) / 5.0)
}

/// The curve as steps from the left: each point is a threshold that can be chosen.
fn curve(points: &[CurvePoint]) -> Curve {
    let mut path = String::new();
    for (i, point) in points.iter().enumerate() {
        let (x, y) = (LEFT + WIDTH * point.recall.min(1.0), height(point.precision));
        let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { "M" } else { " L" });
    }
    let summary = points.last().map_or_else(String::new, |last| {
        format!(
            "{} → {}: {} → {}",
            figure(points.first().map_or(0.0, |first| first.recall)),
            figure(last.recall),
            figure(points.first().map_or(0.0, |first| first.precision)),
            figure(last.precision)
        )
    });
    Curve {
        path,
        marks: MARKS.iter().map(|&mark| (height(mark), mark.to_string())).collect(),
        ticks: [0.0, 0.25, 0.5, 0.75, 1.0]
            .iter()
            .map(|&tick| (LEFT + WIDTH * tick, tick.to_string()))
            .collect(),
        summary,
    }
}
