//! Runs made by hand, of which one thing differs. All persons invented.

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::run_folder::testing::{TestChild, TestLink, TestRun};

/// A run of a school list and a health register; every source has one file of that hash.
fn run(children: Vec<TestChild>, links: Vec<TestLink>) -> TestRun {
    TestRun {
        sources: vec![("school", "population", 9), ("health", "registry", 9)],
        files: vec![file("school", "a"), file("health", "a")],
        job_hash: Some("job".to_owned()),
        job: vec![("hidden_child_cost", json!(100.0)), ("review_capacity", json!(50))],
        manifest: vec![
            ("zvirka", json!("0.1.0")),
            ("binary", json!({"blake3": "b"})),
            ("thresholds", json!({"confirm": 0.99, "review": 0.02})),
            ("outputs", json!([{"file": "model.json", "blake3": "m"}])),
        ],
        children,
        links,
        ..TestRun::default()
    }
}

fn file(source: &'static str, hash: &str) -> (&'static str, String, String) {
    (source, format!("{source}.csv"), hash.to_owned())
}

fn child(row: u64, status: &'static str, codes: &[&'static str]) -> TestChild {
    TestChild {
        child: format!("school:r{row}"),
        records: vec![("school", row)],
        status,
        codes: codes.to_vec(),
        ..TestChild::default()
    }
}

fn listed(row: u64) -> TestChild {
    child(row, "unconfirmed", &["not_found:health"])
}

fn settled(row: u64) -> TestChild {
    TestChild { tier: Some("B"), ..child(row, "confirmed", &["settled_by:health"]) }
}

fn link(row: u64, register_row: u64, probability: f64) -> TestLink {
    TestLink::new(("school", row), &format!("school:r{row}"), ("health", register_row), probability)
}

/// Another extract of a source.
fn other(mut run: TestRun, source: &str) -> TestRun {
    for file in run.files.iter_mut().filter(|file| file.0 == source) {
        file.2.push('!');
    }
    run
}

fn compare(old: &TestRun, new: &TestRun) -> Diff {
    let (old, new) = (old.write(), new.write());
    diff(old.path(), new.path()).unwrap()
}

/// The only change.
fn only(diff: &Diff) -> &Change {
    assert_eq!(diff.changes.len(), 1, "{:#?}", diff.changes);
    &diff.changes[0]
}

fn told(diff: &Diff) -> Vec<String> {
    let all = diff.changes.iter().flat_map(|change| &change.differences);
    all.map(|d| words::difference(d, &diff.runs, Lang::En)).collect()
}

#[test]
fn a_row_that_came_is_data() {
    let old = run(vec![listed(1)], vec![]);
    let new = other(run(vec![settled(1)], vec![link(1, 4, 0.9999)]), "health");
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!((change.kind, change.causes()), (Kind::Left, vec![Cause::Data]));
    assert!(change.is_proved() && change.left_list());
    assert_eq!(
        told(&diff),
        ["health:4: the row is new, or was nobody's: present, 2023-01-09; accepted, 99.99\u{a0}%"]
    );
    assert_eq!(diff.sanity(Lang::En), "1\u{a0}child left the list, and it is explained");
    // And the other way.
    let back = compare(&new, &old);
    let change = only(&back);
    assert_eq!((change.kind, change.causes()), (Kind::Entered, vec![Cause::Data]));
    assert_eq!(
        told(&back),
        ["health:4: the row is gone, or nobody's now: present, 2023-01-09; accepted, 99.99\u{a0}%"]
    );
}

#[test]
fn a_row_that_changed_is_data_by_its_id() {
    let with = |day, content| {
        let mut link = link(1, 4, 0.9999);
        (link.registry_id, link.date) = (Some("h-4".to_owned()), Some(day));
        link.contents[1] = content;
        link
    };
    let old = run(vec![listed(1)], vec![with(date(2021, 1, 1), 7)]);
    let mut came = with(date(2023, 6, 1), 8);
    came.registry.1 = 5;
    let new = other(run(vec![settled(1)], vec![came]), "health");
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), [Cause::Data]);
    assert_eq!(
        told(&diff),
        ["health:5 [h-4]: the row changed: present, 2021-01-01 → present, 2023-06-01; \
          accepted, 99.99\u{a0}%"]
    );
}

#[test]
fn a_school_record_that_changed_is_data_and_so_is_what_follows() {
    // Its births are linked in both runs, so that its hash is known in both.
    let births = |content| {
        let mut link = TestLink::new(("school", 1), "school:r1", ("births", 0), 0.9999);
        (link.kind, link.date) = (Some("identity"), None);
        link.contents = [content, 70];
        link
    };
    let sources = |mut run: TestRun| {
        run.sources.push(("births", "registry", 1));
        run
    };
    let mut found = link(1, 4, 0.9999);
    found.contents[0] = 11;
    let old = sources(run(vec![listed(1)], vec![births(10)]));
    let new = sources(other(run(vec![settled(1)], vec![births(11), found]), "school"));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), [Cause::Data]);
    assert_eq!(
        told(&diff),
        [
            "health:4: the row was there, and is linked now: present, 2023-01-09; accepted, \
             99.99\u{a0}%; the school record changed",
            "school record school:r1 (row 1) changed",
        ]
    );
}

#[test]
fn a_school_record_whose_hash_is_not_known_may_have_changed() {
    let old = run(vec![listed(1)], vec![]);
    let new = other(run(vec![settled(1)], vec![link(1, 4, 0.9999)]), "school");
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!(change.causes(), [Cause::Data, Cause::Model]);
    assert!(!change.is_proved());
    assert!(told(&diff)[0].ends_with("may have (possible, not proved)"), "{:?}", told(&diff));
    assert_eq!(
        diff.sanity(Lang::En),
        "1\u{a0}child left the list, and it is explained; possible, not proved: 1"
    );
    // Where the folders tell the hash, it is known.
    for (contents, causes) in [([5, 5], vec![Cause::Model]), ([5, 6], vec![Cause::Data])] {
        let told = |mut run: TestRun, content| {
            run.children[0].contents = vec![content];
            run
        };
        let old = told(run(vec![listed(1)], vec![]), contents[0]);
        let new = other(run(vec![settled(1)], vec![link(1, 4, 0.9999)]), "school");
        let diff = compare(&old, &told(new, contents[1]));
        assert_eq!(only(&diff).causes(), causes);
        assert!(only(&diff).is_proved());
    }
    // And where another mark of the school's stands.
    let school = |mut run: TestRun, school| {
        run.children[0].school = Some(school);
        run
    };
    let diff = compare(&school(old, "12"), &school(new, "13"));
    assert_eq!(only(&diff).causes(), [Cause::Data]);
    assert!(told(&diff).contains(&"the school changed: school".to_owned()));
}

#[test]
fn evidence_that_no_longer_counts_is_the_rule() {
    let links = || {
        let mut link = link(1, 4, 0.9999);
        link.date = Some(date(2022, 3, 1));
        vec![link]
    };
    let old = run(vec![settled(1)], links());
    let mut new = run(vec![child(1, "unconfirmed", &["too_old:health"])], links());
    new.job_hash = Some("other".to_owned());
    new.job.push(("evidence_since", json!("2022-06-01")));
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!((change.kind, change.causes()), (Kind::Entered, vec![Cause::Rule]));
    assert_eq!(
        told(&diff),
        [
            "health:4: present, 2022-03-01: counts → too old (evidence_since 2022-02-24 → 2022-06-01)"
        ]
    );
}

#[test]
fn what_a_row_proves_and_whom_a_register_covers_are_rules() {
    let old = run(vec![settled(1)], vec![link(1, 4, 0.9999)]);
    let mut abroad = link(1, 4, 0.9999);
    abroad.kind = Some("abroad");
    let mut new = run(vec![child(1, "confirmed_abroad", &["settled_by:health"])], vec![abroad]);
    new.job_hash = Some("other".to_owned());
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!((change.kind, change.causes()), (Kind::Status, vec![Cause::Rule]));
    assert!(told(&diff)[0].contains("proves something else"), "{:?}", told(&diff));

    let old = run(vec![listed(1)], vec![]);
    let mut new = run(vec![child(1, "unconfirmed", &["out_of_scope:health"])], vec![]);
    new.job_hash = Some("other".to_owned());
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!((change.kind, change.causes()), (Kind::Reasons, vec![Cause::Rule]));
    assert_eq!(told(&diff), ["by the job, register health no longer covers the child"]);
}

/// The same row with the same probability, accepted in one run and possible in the other.
fn judged(old_p: f64, new_p: f64) -> (TestRun, TestRun) {
    let possible = child(1, "review", &["possible_link:health"]);
    let link = |p, decision| TestLink { decision, ..link(1, 4, p) };
    let old = run(vec![possible], vec![link(old_p, "review")]);
    (old, run(vec![settled(1)], vec![link(new_p, "link")]))
}

#[test]
fn a_threshold_that_the_costs_moved_is_the_rule() {
    let (old, mut new) = judged(0.98, 0.98);
    new.job_hash = Some("other".to_owned());
    new.job.push(("hidden_child_cost", json!(20.0)));
    new.manifest.push(("thresholds", json!({"confirm": 0.95, "review": 0.02})));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), [Cause::Rule]);
    assert_eq!(
        told(&diff),
        ["health:4: the same row: possible, 98.0\u{a0}% → accepted, 98.0\u{a0}%; by the job's \
          settings"]
    );
    // Also where other data moved the probability, and would not have sufficed.
    let (old, _) = judged(0.98, 0.98);
    let mut new = other(new, "health");
    new.links[0].probability = 0.981;
    assert_eq!(only(&compare(&old, &new)).causes(), [Cause::Rule]);
    // And where it took both.
    let (old, _) = judged(0.94, 0.98);
    assert_eq!(only(&compare(&old, &new)).causes(), [Cause::Rule, Cause::Model]);
}

#[test]
fn another_probability_is_the_model() {
    let (old, mut new) = judged(0.98, 0.995);
    new.manifest.push(("model", json!({"file": "model.json", "blake3": "x"})));
    new.manifest.push(("outputs", json!([{"file": "model.json", "blake3": "n"}])));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), [Cause::Model]);
    assert_eq!(
        told(&diff),
        ["health:4: the same row: possible, 98.0\u{a0}% → accepted, 99.5\u{a0}%"]
    );
    let text = diff.to_text(Lang::En, false);
    assert!(text.contains("model: model.json differs: another model was given"), "{text}");
    // A row that was another child's, and is this one's.
    let both = |of: u64| {
        let who = |row| if row == of { settled(row) } else { listed(row) };
        run(vec![who(1), who(2)], vec![link(of, 4, 0.9999)])
    };
    let diff = compare(&both(1), &other(both(2), "health"));
    assert!(diff.changes.iter().all(|change| change.causes() == [Cause::Model]));
    assert_eq!(diff.changes.len(), 2);
}

#[test]
fn decisions_of_people_are_told_where_nothing_else_is() {
    let (old, mut new) = judged(0.98, 0.98);
    new.manifest.push(("decisions", json!("hash")));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).main_cause(), Some(Cause::Decision));
    assert!(told(&diff)[0].ends_with("(possible, not proved)"));
    let mut old = run(vec![listed(1)], vec![]);
    let mut new = run(vec![settled(1)], vec![]);
    new.manifest.push(("decisions", json!("hash")));
    assert_eq!(only(&compare(&old, &new)).causes(), [Cause::Decision]);
    // Null is none.
    old.manifest.push(("decisions", json!(null)));
    new.manifest.push(("decisions", json!(null)));
    assert_eq!(only(&compare(&old, &new)).causes(), []);
}

#[test]
fn another_program_is_the_last_cause() {
    let old = run(vec![listed(1)], vec![]);
    let mut new = run(vec![settled(1)], vec![]);
    new.manifest.push(("binary", json!({"blake3": "c"})));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), [Cause::Program]);
    assert!(diff.to_text(Lang::En, false).contains("another binary of the same version"));
    new.job_hash = Some("other".to_owned());
    assert_eq!(only(&compare(&old, &new)).causes(), [Cause::Rule]);
}

#[test]
fn who_left_unexplained_is_told_loudly_and_named_whatever_is_shown() {
    let many = 60;
    let run = |settled_one: bool| {
        let rows = (0..many).map(|row| match row {
            7 if settled_one => settled(row),
            _ => listed(row),
        });
        run(rows.collect(), vec![])
    };
    let (old, mut new) = (run(false), run(true));
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).causes(), []);
    let text = diff.to_text(Lang::En, false);
    assert!(
        text.contains("ATTENTION: 1\u{a0}child left the list; 1 NOT EXPLAINED. Look at each"),
        "{text}"
    );
    assert!(text.contains("\n  !! school:r7\n"), "{text}");
    assert!(diff.to_text(Lang::Uk, false).contains("НЕ ПОЯСНЕНО: 1"));
    // Other data elsewhere is no explanation of an exit, nor is a row that proves existence.
    new = other(new, "health");
    assert_eq!(only(&compare(&old, &new)).causes(), []);
    let mut born = link(7, 0, 0.9999);
    (born.kind, born.date) = (Some("identity"), None);
    new.links = vec![born];
    let diff = compare(&old, &new);
    assert!(!only(&diff).is_explained() && only(&diff).main_cause().is_none());
    assert!(diff.sanity(Lang::En).starts_with("ATTENTION: 1\u{a0}child left the list"));
    assert_eq!(diff.count(Kind::Left, None), 1);
}

#[test]
fn children_are_paired_by_id_by_former_id_and_by_record_but_never_by_row() {
    let keyed = |id: &str, row, keys: &[&str]| TestChild {
        child: id.to_owned(),
        records: keys.iter().map(|_| ("school", row)).collect(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        ..listed(row)
    };
    let old = run(
        vec![
            keyed("school:a", 0, &["school:a"]),
            keyed("school:b", 1, &["school:b"]),
            keyed("school:c", 2, &["school:c", "school:c2"]),
            keyed("school:#00000000000000d0", 3, &["school:#00000000000000d0"]),
        ],
        vec![],
    );
    let mut renamed = keyed("school:z", 6, &["school:z"]);
    renamed.former = vec!["school:b".to_owned()];
    renamed.status = "review";
    let mut moved = keyed("school:c2", 7, &["school:c2"]);
    moved.status = "review";
    let new = || {
        run(
            vec![
                keyed("school:a", 5, &["school:a"]),
                renamed.clone(),
                moved.clone(),
                keyed("school:#00000000000000d1", 3, &["school:#00000000000000d1"]),
            ],
            vec![],
        )
    };
    let diff = compare(&old, &other(new(), "school"));
    let kinds: Vec<_> = diff.changes.iter().map(|c| (c.kind, c.child())).collect();
    assert_eq!(
        kinds,
        [
            // Whoever is gone has left the list.
            (Kind::Gone, "school:#00000000000000d0"),
            (Kind::New, "school:#00000000000000d1"),
            (Kind::Status, "school:c2"),
            (Kind::Status, "school:z"),
        ]
    );
    assert_eq!(diff.left().count(), 1);
    assert_eq!(diff.changes[0].causes(), [Cause::Data]);
    assert!(diff.changes[2].differences.iter().any(|d| matches!(
        &d.what,
        What::RecordWent(record) if &*record.key == "school:c"
    )));
    // Where the file is the same, a row is a row: the job reads it otherwise.
    let mut same = new();
    same.job_hash = Some("other".to_owned());
    let diff = compare(&old, &same);
    assert!(!diff.changes.iter().any(|c| c.child().starts_with("school:#")), "{diff:#?}");
    // A key on two children names neither.
    let twice = |ids: [&str; 2]| {
        let both = ids.map(|id| keyed(id, 0, &["school:same"]));
        run(both.to_vec(), vec![])
    };
    let diff = compare(&twice(["a", "b"]), &other(twice(["c", "d"]), "school"));
    assert_eq!(diff.count(Kind::Gone, Some(Cause::Model)), 2, "{:#?}", diff.changes);
}

#[test]
fn who_is_merged_into_a_settled_child_has_left_the_list() {
    let joined = |mut child: TestChild| {
        child.records = vec![("school", 1), ("school", 2)];
        child
    };
    let old = run(vec![listed(1), settled(2)], vec![link(2, 4, 0.9999)]);
    let mut one = joined(settled(2));
    one.tier = Some("B");
    let new = other(run(vec![one], vec![link(2, 4, 0.9999)]), "health");
    let diff = compare(&old, &new);
    let change = only(&diff);
    assert_eq!((change.kind, change.child()), (Kind::Merged, "school:r1"));
    assert!(change.left_list());
    assert_eq!(change.main_cause(), Some(Cause::Model));
    let back = compare(&new, &old);
    let change = only(&back);
    assert_eq!((change.kind, change.child()), (Kind::Split, "school:r1"));
    assert!(change.entered_list());
    // Because the record changed, where it did.
    let told = |mut run: TestRun, contents: &[&[u64]]| {
        for (child, contents) in run.children.iter_mut().zip(contents) {
            child.contents = contents.to_vec();
        }
        other(run, "school")
    };
    let old = told(old, &[&[5], &[7]]);
    let diff = compare(&old, &other(told(new.clone(), &[&[6, 7]]), "school"));
    assert_eq!(only(&diff).causes(), [Cause::Data], "{diff:#?}");
    let diff = compare(&old, &other(told(new, &[&[5, 7]]), "school"));
    assert_eq!(only(&diff).causes(), [Cause::Model], "{diff:#?}");
}

#[test]
fn a_source_that_was_added_or_dropped_is_data() {
    let old = run(vec![listed(1), listed(2)], vec![]);
    let mut new = run(vec![settled(1), listed(2)], vec![]);
    let mut border = link(1, 0, 0.9999);
    border.registry = ("border", 3);
    new.links = vec![border];
    new.sources.push(("border", "registry", 5));
    new.job_hash = Some("other".to_owned());
    let diff = compare(&old, &new);
    assert_eq!(only(&diff).main_cause(), Some(Cause::Data));
    assert!(told(&diff)[0].starts_with("border:3: the row is new (its source is new)"));
    let text = diff.to_text(Lang::En, false);
    assert!(text.contains("data: added: border"), "{text}");
}

#[test]
fn texts() {
    let mut old = run(vec![listed(1), settled(2), listed(3), listed(5)], vec![link(2, 4, 0.9999)]);
    old.links[0].date = Some(date(2022, 3, 1));
    let mut new = run(
        vec![settled(1), child(2, "unconfirmed", &["too_old:health"]), listed(4), listed(5)],
        vec![link(1, 6, 0.9999), link(2, 4, 0.9999)],
    );
    new.links[0].registry_id = Some("=h".to_owned());
    new.links[1].date = Some(date(2022, 3, 1));
    new.job_hash = Some("other".to_owned());
    new.job.push(("evidence_since", json!("2022-06-01")));
    new.manifest.push(("zvirka", json!("0.2.0")));
    let new = other(other(new, "school"), "health");
    let diff = compare(&old, &new);
    let mut all = String::new();
    for lang in [Lang::En, Lang::Uk] {
        all.push_str(&diff.to_text(lang, false));
        all.push_str("--------\n");
    }
    let mut json = Vec::new();
    diff.write_json(Lang::En, &mut json).unwrap();
    all.push_str(&String::from_utf8(json).unwrap());
    all.push_str("--------\n");
    let mut csv = Vec::new();
    diff.write_csv(Lang::Uk, &mut csv).unwrap();
    all.push_str(&String::from_utf8(csv).unwrap().replace('\r', ""));
    insta::assert_snapshot!(all);
}

#[test]
fn what_is_no_run_or_an_early_one_is_told_with_the_remedy() {
    let good = run(vec![listed(1)], vec![]).write();
    let early = TestRun { early: true, ..run(vec![listed(1)], vec![]) }.write();
    let error = diff(good.path(), early.path()).unwrap_err().to_string();
    assert!(error.starts_with("the new run: children.parquet: no column `record_keys`"), "{error}");
    assert!(error.contains("hint: run the job again"), "{error}");
    let error = diff(&good.path().join("nowhere"), good.path()).unwrap_err().to_string();
    assert!(error.starts_with("the old run: ") && error.contains("no run's folder"), "{error}");
}

/// Children that may be joined, rows that may be linked, in any state.
fn any_run() -> impl Strategy<Value = TestRun> {
    let statuses = ["unconfirmed", "review", "not_assessable", "reported_missing", "confirmed"];
    let child = (0_usize..5, 0_u64..3, proptest::option::of((0_u64..4, 0_usize..3)), any::<bool>());
    let children = proptest::collection::vec(proptest::option::of(child), 6);
    (children, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        move |(children, school, health, job)| {
            let (mut all, mut links) = (Vec::<TestChild>::new(), Vec::new());
            for (row, child) in (0..).zip(children) {
                let Some((status, content, seen, part)) = child else { continue };
                if part && let Some(last) = all.last_mut() {
                    last.records.push(("school", row));
                    continue;
                }
                all.push(self::child(row, statuses[status], &["not_found:health"]));
                if let Some((register_row, p)) = seen {
                    let mut link = link(row, register_row, [0.5, 0.98, 0.9999][p]);
                    link.contents[0] = content;
                    links.push(link);
                }
            }
            let mut made = run(all, links);
            for (changed, source) in [(school, "school"), (health, "health")] {
                made = if changed { other(made, source) } else { made };
            }
            made.job_hash = Some(if job { "other" } else { "job" }.to_owned());
            made
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_run_does_not_differ_from_itself(run in any_run()) {
        let diff = compare(&run, &run);
        prop_assert!(diff.changes.is_empty());
        prop_assert_eq!(diff.children.0, run.children.len() as u64);
    }

    #[test]
    fn turned_round_who_left_has_entered(old in any_run(), new in any_run()) {
        let (there, back) = (compare(&old, &new), compare(&new, &old));
        let id = |side: &Option<Standing>| side.as_ref().map(|s| s.child.clone());
        let ids = |diff: &Diff, left: bool| {
            let picked =
                diff.changes.iter().filter(|c| if left { c.left_list() } else { c.entered_list() });
            // As the first run and the second call the child.
            let pair = |c: &Change| if left {
                (id(&c.old), id(&c.new))
            } else {
                (id(&c.new), id(&c.old))
            };
            let mut ids: Vec<_> = picked.map(pair).collect();
            ids.sort();
            ids
        };
        prop_assert_eq!(ids(&there, true), ids(&back, false));
        prop_assert_eq!(ids(&there, false), ids(&back, true));
        for i in 0..8 {
            for j in 0..8 {
                prop_assert_eq!(there.matrix[i][j], back.matrix[j][i]);
            }
        }
        let mirrored = |kind| match kind {
            Kind::Left => Kind::Entered,
            Kind::Entered => Kind::Left,
            Kind::Gone => Kind::New,
            Kind::New => Kind::Gone,
            Kind::Merged => Kind::Split,
            Kind::Split => Kind::Merged,
            other => other,
        };
        for kind in Kind::ALL {
            let count = |diff: &Diff, kind| diff.changes.iter().filter(|c| c.kind == kind).count();
            prop_assert_eq!(count(&there, kind), count(&back, mirrored(kind)));
        }
        // Nobody who was on the list is lost on the way.
        let on_old = old.children.iter().filter(|c| c.status != "confirmed").count() as u64;
        prop_assert_eq!(there.listed.0, on_old);
    }

    #[test]
    fn the_order_of_rows_in_the_folder_does_not_matter(old in any_run(), new in any_run()) {
        let mut turned = new.clone();
        turned.children.reverse();
        turned.links.reverse();
        let (a, b) = (compare(&old, &new), compare(&old, &turned));
        prop_assert_eq!(a.to_text(Lang::En, true), b.to_text(Lang::En, true));
    }
}
