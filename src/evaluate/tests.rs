//! A small run in which every figure can be counted by hand, wrong truths, and a naive
//! oracle on random links.
#![allow(clippy::disallowed_methods, reason = "tests write where they like")]

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use proptest::prelude::*;
use tempfile::TempDir;

use super::links::{Ranked, register};
use super::*;
use crate::compare::Comparison;
use crate::resolve::Decision;
use crate::run_folder::testing::{TestChild, TestLink, TestRun, write};

fn child(
    id: &str,
    records: &[(&'static str, u64)],
    status: &'static str,
    codes: &[&'static str],
) -> TestChild {
    TestChild {
        child: id.to_owned(),
        records: records.to_vec(),
        status,
        codes: codes.to_vec(),
        ..TestChild::default()
    }
}

/// Persons 0…9 are in the school: each at the row of its number, 3 also at row 10.
/// The health register holds 0, 1, 2, 3 and 20 (a twin of 4) at rows 0…4.
fn run() -> TestRun {
    let mut twin = TestLink::new(("school", 4), "c4", ("health", 4), 0.995);
    twin.levels = vec![(Comparison::Surname, "exact", 5.0), (Comparison::BirthDate, "exact", 9.0)];
    TestRun {
        sources: vec![
            ("school", "population", 12),
            ("health", "registry", 5),
            ("border", "registry", 3),
        ],
        children: vec![
            child("c0", &[("school", 0)], "confirmed", &["settled_by:health"]),
            child("c1", &[("school", 1)], "confirmed", &["settled_by:health"]),
            child("c2", &[("school", 2)], "review", &["possible_link:health"]),
            // 3 is spread over two children.
            child("c3", &[("school", 3)], "confirmed", &["settled_by:health"]),
            child("c3b", &[("school", 10)], "unconfirmed", &["not_found:health"]),
            // 4 is hidden by the twin's record.
            child("c4", &[("school", 4)], "confirmed", &["settled_by:health"]),
            // 5 is hidden, being joined with 1's second record's child.
            child("c56", &[("school", 5), ("school", 6)], "confirmed", &["settled_by:border"]),
            child("c7", &[("school", 7)], "unconfirmed", &["not_found:health"]),
            child("c8", &[("school", 8)], "not_assessable", &["too_few_fields"]),
        ],
        links: vec![
            TestLink::new(("school", 0), "c0", ("health", 0), 0.9999),
            TestLink::new(("school", 1), "c1", ("health", 1), 0.999),
            TestLink::new(("school", 2), "c2", ("health", 2), 0.8),
            TestLink::new(("school", 3), "c3", ("health", 3), 0.999),
            twin,
            TestLink::new(("school", 7), "c7", ("health", 1), 0.3),
            TestLink::new(("school", 6), "c56", ("border", 0), 0.999),
            TestLink::new(("school", 8), "c8", ("border", 2), 0.5),
        ],
        ..TestRun::default()
    }
}

/// The truth of [`run`]; person 9's row was rejected.
fn truth() -> TempDir {
    let dir = TempDir::new().unwrap();
    let rows: ArrayRef = Arc::new(Int64Array::from_iter_values(0..11));
    let persons: ArrayRef = Arc::new(Int64Array::from_iter_values((0..10).chain([3])));
    write(&dir.path().join("school.parquet"), vec![("row", rows), ("person", persons)]);
    let text = "row,person\n0,0\n1,1\n2,2\n3,3\n4,20\n";
    fs::write(dir.path().join("health.csv"), text).unwrap();
    fs::write(dir.path().join("border.csv"), "\u{feff}person;row\r\n6;0\r\n6;1\r\n").unwrap();
    let statuses = "person,status\n0,confirmed\n1,confirmed\n2,confirmed\n3,confirmed\n\
                    4,unconfirmed\n5,unconfirmed\n6,confirmed_abroad\n7,unconfirmed\n\
                    8,reported_missing\n9,unconfirmed\n77,deceased\n";
    fs::write(dir.path().join("children.csv"), statuses).unwrap();
    dir
}

fn measured() -> Evaluation {
    let lost =
        BTreeMap::from([("health".to_owned(), LostPairs { true_pairs: 5, never_compared: 1 })]);
    evaluate(run().write().path(), truth().path(), Some(&lost)).unwrap()
}

#[test]
fn registers_are_counted_as_by_hand() {
    let evaluation = measured();
    let health = &evaluation.registers[0];
    assert_eq!(health.register, "health");
    // 0, 1, 2, and 3 twice; row 4 is of a person whom no school has.
    assert_eq!(health.true_pairs, 5);
    assert_eq!((health.true_positives, health.false_positives, health.missed), (3, 1, 2));
    assert_eq!((health.review.pairs, health.review.true_share.unwrap().count), (2, 1));
    let lost = health.lost.unwrap();
    assert_eq!((lost.never_compared.unwrap().count, lost.compared_below), (1, 0));
    // The false link at 0.995 stands above the true one at 0.8.
    let at: Vec<_> = health.recall_at.iter().map(|at| at.recall.unwrap().count).collect();
    assert_eq!(at, [3, 3, 3]);
    // Down to 0.8: 4 of 5 with precision 4/5 beats 3 of 5 with precision 1 by a hair.
    assert!((health.best_f1.unwrap().f1.value - 0.8).abs() < 1e-12);
    let border = &evaluation.registers[1];
    assert_eq!((border.true_pairs, border.true_positives, border.unjudged), (2, 1, 1));
    assert_eq!(border.lost, None);
}

#[test]
fn the_surest_false_links_and_what_the_run_estimated_are_told() {
    let run = run().write();
    fs::write(
        run.path().join("errors.json"),
        r#"{"registers":[{"register":"health","accepted":4,"more":1,"methods":[
            {"method":"decoys","false_links":0.5,"rate":0.1,"low":0.1,"high":2.0,"sample":9},
            {"method":"posterior","false_links":0.01}]}]}"#,
    )
    .unwrap();
    let evaluation = evaluate(run.path(), truth().path(), None).unwrap();
    let health = &evaluation.registers[0];
    let worst: Vec<(&str, &str, bool)> = health
        .worst
        .iter()
        .map(|link| (link.school.as_str(), link.register.as_str(), link.accepted))
        .collect();
    assert_eq!(worst, [("school:4", "health:4", true), ("school:7", "health:1", false)]);
    assert_eq!(health.worst[0].levels[0], ("surname", "exact".to_owned()));
    let calibration = &health.calibration;
    assert_eq!((calibration.accepted.pairs, calibration.accepted.false_pairs), (4, 1));
    // 0.0001 + 0.001 + 0.001 + 0.005.
    assert!((calibration.accepted.expected_false - 0.0071).abs() < 1e-9);
    assert_eq!(health.stated.len(), 2);
    let table = evaluation.to_table();
    for part in ["decoys", "[0.10, 2.00]", "school:4 – health:4", "1 / 0.01"] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
    fs::write(run.path().join("errors.json"), "{").unwrap();
    let error = evaluate(run.path(), truth().path(), None).unwrap_err();
    assert!(error.to_string().starts_with("errors.json cannot be read: line 1"));
}

#[test]
fn labels_alone_give_precision_and_what_was_missed() {
    let run = run().write();
    let text = "source,row,registry,registry_row,same,weight\n\
                school,0,health,0,yes,3\nschool,4,health,4,no,1\nschool,2,health,2,так,\n\
                school,9,health,3,yes,\nschool,7,health,1,,\n";
    let labels =
        |text: &str| crate::labels::parse(Path::new("judged.csv"), text.as_bytes()).unwrap();
    let figures = evaluate_labels(run.path(), &labels(text)).unwrap();
    assert_eq!(figures.unsure, 1);
    let health = figures.registers["health"];
    let share = health.accepted.one_child.unwrap();
    // Three quarters by weight; as good as (3 + 1)² / (9 + 1) = 1.6 labels, so one.
    assert!((share.value - 0.75).abs() < 1e-12 && share.of == 1);
    assert!((health.accepted.expected_different - (3.0 * 0.0001 + 0.005)).abs() < 1e-9);
    assert_eq!((health.possible.labels, health.not_shown.labels), (1, 1));
    assert!(figures.to_table().contains("not shown"));
    let head = "source,row,registry,registry_row,same\n";
    for (rows, part) in [
        ("school,0,nowhere,0,yes\n", "no such record"),
        ("school,0,health,5,yes\n", "no such record"),
        ("health,0,school,0,yes\n", "no such record"),
        ("school,0,health,0,yes\nschool,0,health,0,\n", "twice"),
    ] {
        let error = evaluate_labels(run.path(), &labels(&format!("{head}{rows}"))).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    let lists =
        evaluate_labels(run.path(), &labels(&format!("{head}school,0,school,1,no\n"))).unwrap();
    assert!(lists.registers.is_empty() && lists.between_lists == 1);
}

#[test]
fn children_are_counted_as_by_hand() {
    let figures = measured().children;
    assert_eq!((figures.children, figures.persons, figures.unjudged), (9, 10, 0));
    assert_eq!(figures.wrongly_joined.map(|s| (s.count, s.of)), Some((1, 9)));
    assert_eq!(figures.split.map(|s| (s.count, s.of)), Some((1, 9)));
    let statuses = figures.statuses.unwrap();
    assert_eq!((statuses.persons, statuses.without_status), (10, 0));
    // Truly on the list: 4, 5, 7, 8, 9; found there: 7 and 8.
    assert_eq!(statuses.list_recall.map(|s| (s.count, s.of)), Some((2, 5)));
    // On the list: c2 and c3b needlessly, c7 and c8 rightly.
    assert_eq!(statuses.list_precision.map(|s| (s.count, s.of)), Some((2, 4)));
    assert_eq!(statuses.needless["review"], 1);
    assert_eq!(statuses.needless["unconfirmed"], 1);
    let hidden = &statuses.hidden;
    assert_eq!((hidden.persons, hidden.of), (3, 5));
    assert!((hidden.per_10_000.unwrap().value - 3000.0).abs() < 1e-9);
    let causes: Vec<_> = hidden
        .causes
        .iter()
        .map(|c| (c.cause, c.register.as_deref(), c.persons, c.twins))
        .collect();
    assert_eq!(
        causes,
        [
            (Cause::FalseLink, Some("health"), 1, 1),
            (Cause::Joined, None, 1, 0),
            (Cause::NotInRun, None, 1, 0),
        ]
    );
    assert_eq!(hidden.examples.len(), 2);
    assert_eq!(hidden.examples[0].child, "c4");
    assert_eq!(hidden.examples[0].false_links, ["health"]);
    // 3 is spread over a confirmed child and one on the list: the list counts.
    let confirmed = statuses.confusion.iter().find(|row| row.truth == "confirmed").unwrap();
    assert_eq!(confirmed.found["confirmed"], 2);
    assert_eq!(confirmed.found["review"], 1);
    assert_eq!(confirmed.found["unconfirmed"], 1);
    let unconfirmed = statuses.confusion.iter().find(|row| row.truth == "unconfirmed").unwrap();
    assert_eq!((unconfirmed.found["confirmed"], unconfirmed.not_in_run), (2, 1));
}

#[test]
fn texts_are_as_before() {
    let evaluation = measured();
    insta::assert_snapshot!("table", evaluation.to_table());
    insta::assert_json_snapshot!("json", evaluation);
    let page = evaluation.to_html().unwrap();
    insta::assert_snapshot!("page", page);
    assert!(!page.contains("http://") && !page.contains("https://"), "needs another file");
}

#[test]
fn without_statuses_or_register_truth_the_rest_is_measured() {
    let truth = truth();
    fs::remove_file(truth.path().join("children.csv")).unwrap();
    fs::rename(truth.path().join("border.csv"), truth.path().join("bordr.csv")).unwrap();
    let evaluation = evaluate(run().write().path(), truth.path(), None).unwrap();
    assert_eq!(evaluation.children.statuses, None);
    assert_eq!(evaluation.skipped, ["border"]);
    assert_eq!(evaluation.unused_files, ["bordr.csv"]);
    assert_eq!(evaluation.registers.len(), 1);
    assert!(evaluation.to_table().contains("bordr.csv"));
    assert!(evaluation.to_html().unwrap().contains("bordr.csv"));
}

#[test]
fn wrong_truths_are_named_with_a_remedy() {
    let folder = run().write();
    let big = "row,person\n".to_owned() + "3,1\n".repeat(2).as_str();
    let cases: [(&str, &str, &[u8]); 12] = [
        ("beyond", "school.csv", b"row,person\n12,1\n"),
        ("negative", "school.csv", b"row,person\n-1,1\n"),
        ("no_number", "school.csv", b"row,person\nx,1\n"),
        ("twice", "school.csv", big.as_bytes()),
        ("no_person", "school.csv", b"row,person\n1,\n"),
        ("columns", "school.csv", b"row,persona\n1,2\n"),
        ("empty", "school.csv", b""),
        ("ragged", "school.csv", b"row,person\n1\n"),
        ("not_utf8", "school.csv", b"row,person\n1,\xff\n"),
        ("truncated", "school.parquet", b"PAR1 and no more"),
        ("status", "children.csv", b"person,status\n1,lost\n"),
        ("status_twice", "children.csv", b"person,status\n1,deceased\n1,deceased\n"),
    ];
    for (name, file, bytes) in cases {
        let truth = truth();
        fs::remove_file(truth.path().join("school.parquet")).unwrap();
        if file.starts_with("children") {
            fs::write(truth.path().join("school.csv"), "row,person\n1,1\n").unwrap();
        }
        fs::write(truth.path().join(file), bytes).unwrap();
        let error = evaluate(folder.path(), truth.path(), None).unwrap_err().to_string();
        assert!(error.contains("hint: "), "{name}: {error}");
        insta::assert_snapshot!(format!("truth_{name}"), error);
    }
}

#[test]
fn missing_and_doubled_files_are_named_with_a_remedy() {
    let folder = run().write();
    let truth = truth();
    let error = |truth: &TempDir| evaluate(folder.path(), truth.path(), None).unwrap_err();
    fs::write(truth.path().join("school.csv"), "row,person\n").unwrap();
    assert!(matches!(error(&truth), EvaluateError::TwoFiles { .. }));
    fs::remove_file(truth.path().join("school.csv")).unwrap();
    fs::rename(truth.path().join("school.parquet"), truth.path().join("schools.parquet")).unwrap();
    insta::assert_snapshot!("population_without_truth", error(&truth));
    let nowhere = Path::new("no-such-folder");
    insta::assert_snapshot!("no_truth", evaluate(folder.path(), nowhere, None).unwrap_err());
    insta::assert_snapshot!("no_run", evaluate(nowhere, truth.path(), None).unwrap_err());
}

#[test]
fn damaged_runs_are_named_with_a_remedy() {
    let truth = truth();
    let error = |folder: &TempDir| {
        let error = evaluate(folder.path(), truth.path(), None).unwrap_err().to_string();
        assert!(error.contains("hint: "), "{error}");
        error
    };
    let folder = run().write();
    fs::write(folder.path().join("manifest.json"), "{\"job\": 1}").unwrap();
    assert!(error(&folder).starts_with("manifest.json"));
    let folder = run().write();
    fs::write(folder.path().join("links.parquet"), "PAR1").unwrap();
    assert!(error(&folder).starts_with("links.parquet"));
    let mut twice = run();
    twice.links.push(twice.links[0].clone());
    assert!(error(&twice.write()).contains("linked twice"));
    let mut stranger = run();
    stranger.links[0].registry.0 = "stranger";
    assert!(error(&stranger.write()).contains("manifest.json"));
    let mut status = run();
    status.children[0].status = "found";
    assert!(error(&status.write()).contains("`status`"));
    let mut nan = run();
    nan.links[0].probability = f64::NAN;
    assert!(error(&nan.write()).contains("`probability`"));
}

#[test]
fn an_empty_run_has_no_figures_and_no_panics() {
    let empty = TestRun { sources: run().sources, ..TestRun::default() };
    let evaluation = evaluate(empty.write().path(), truth().path(), None).unwrap();
    assert_eq!(evaluation.registers[0].precision, None);
    assert_eq!(evaluation.registers[0].recall.unwrap().count, 0);
    assert_eq!(evaluation.children.statuses.as_ref().unwrap().hidden.persons, 5);
    assert!(evaluation.to_table().contains('–'));
    evaluation.to_html().unwrap();
}

/// Best recall by trying every threshold over the pairs, in plain terms.
fn naive_recall_at(links: &[Ranked], precision: f64) -> u64 {
    let thresholds = links.iter().map(|l| (l.probability, l.weight));
    thresholds
        .map(|threshold| {
            let taken = links.iter().filter(|l| (l.probability, l.weight) >= threshold);
            let (right, all) = taken
                .fold((0_u64, 0_u64), |(right, all), l| (right + u64::from(l.is_true), all + 1));
            if right as f64 / all as f64 >= precision { right } else { 0 }
        })
        .max()
        .unwrap_or(0)
}

proptest! {
    #[test]
    fn figures_agree_with_a_naive_count(
        rows in prop::collection::vec((0_u8..6, 0_u8..3, any::<bool>(), any::<bool>()), 0..60),
        more in 0_u64..20,
    ) {
        let mut links: Vec<Ranked> = rows
            .iter()
            .zip(0..)
            .map(|(&(probability, weight, is_true, link), row)| Ranked {
                probability: f64::from(probability) / 5.0,
                weight: f64::from(weight),
                is_true,
                decision: if link { Decision::Link } else { Decision::Review },
                pair: (0, row, row),
            })
            .collect();
        let all_true = links.iter().filter(|l| l.is_true).count() as u64;
        let true_pairs = all_true + more;
        let naive = |decision, is_true| {
            links.iter().filter(|l| l.decision == decision && l.is_true == is_true).count() as u64
        };
        let (tp, fp) = (naive(Decision::Link, true), naive(Decision::Link, false));
        let review = naive(Decision::Review, true) + naive(Decision::Review, false);
        let best: Vec<u64> =
            [0.9999, 0.999, 0.99].iter().map(|&p| naive_recall_at(&links, p)).collect();
        let best_f1 = links
            .iter()
            .map(|t| {
                let taken = || links.iter().filter(|l| (l.probability, l.weight) >= (t.probability, t.weight));
                let right = taken().filter(|l| l.is_true).count() as f64;
                2.0 * right / (true_pairs as f64 + taken().count() as f64)
            })
            .fold(0.0, f64::max);
        let figures = register(&mut links, true_pairs, None);
        prop_assert_eq!((figures.true_positives, figures.false_positives), (tp, fp));
        prop_assert_eq!(figures.missed, true_pairs - tp);
        prop_assert_eq!(figures.review.pairs, review);
        prop_assert_eq!(figures.precision.map(|s| s.value), (tp + fp > 0).then(|| tp as f64 / (tp + fp) as f64));
        for (at, best) in figures.recall_at.iter().zip(best) {
            let found = at.recall.map_or(0, |s| s.count);
            prop_assert_eq!(found, best, "at {}", at.precision);
        }
        if let Some(found) = figures.best_f1 {
            prop_assert!((found.f1.value - best_f1).abs() < 1e-12);
        }
        // The curve: recall never falls along it, and ends with all links taken.
        prop_assert!(figures.curve.windows(2).all(|two| two[0].recall <= two[1].recall));
        if let Some(last) = figures.curve.last() {
            prop_assert!((last.recall * true_pairs as f64 - all_true as f64).abs() < 1e-9);
        }
    }
}
