use std::collections::BTreeMap;

use jiff::civil::date;

use super::*;
use crate::job::{
    DecisionSettings, EvidenceRule, Format, KindRule, PrioritySettings, ReportSettings,
};
use crate::model::saved::{ComparisonEntry, LevelEntry};
use crate::model::{Dependence, Labels, Levels, Trained};
use crate::normalize::{Document, PartialDate};

fn source(name: &str, role: Role, fields: &[Field]) -> Source {
    Source {
        name: name.to_owned(),
        role,
        files: Vec::new(),
        format: Format::Csv,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: fields.iter().map(|&field| (field, vec![field.key().to_owned()])).collect(),
        unique: true,
        evidence: Some(EvidenceRule {
            kind: KindRule::Fixed(Kind::Present),
            date: Some("day".to_owned()),
            dated: None,
            since: None,
            witness: name.to_owned(),
        }),
        scope: None,
        extracted: None,
    }
}

fn job(sources: Vec<Source>) -> Job {
    Job {
        path: "job.toml".into(),
        name: "invented".to_owned(),
        as_of: date(2023, 7, 5),
        evidence_since: date(2022, 2, 24),
        output: "out".into(),
        max_rejected_share: 0.05,
        decision: DecisionSettings::default(),
        priority: PrioritySettings::default(),
        report: ReportSettings::default(),
        sources,
    }
}

/// Rows that differ in every field, all dated.
fn records(rows: u32) -> Records {
    let codes = || (1..=rows).collect::<Vec<u32>>();
    let n = rows as usize;
    let born = |i: u32| PartialDate {
        year: 2005 + u16::try_from(i % 13).unwrap(),
        month: 1 + u8::try_from(i % 12).unwrap(),
        day: 1 + u8::try_from(i % 28).unwrap(),
    };
    Records {
        row: (0..u64::from(rows)).collect(),
        surname: codes(),
        given_name: codes(),
        patronymic: codes(),
        birth_date: (0..rows).map(born).collect(),
        certificate: vec![Document::default(); n],
        document: vec![Document::default(); n],
        unzr: vec![0; n],
        rnokpp: vec![0; n],
        evidence_kind: vec![Some(Kind::Present); n],
        evidence_date: vec![Some(date(2023, 1, 9)); n],
        ..Records::default()
    }
}

const FIELDS: [Field; 3] = [Field::Surname, Field::GivenName, Field::BirthDate];

/// What is found in a register of these rows beside a sound list of pupils.
fn in_register(records: Records, fields: &[Field]) -> Vec<Finding> {
    let sources =
        vec![source("kurs", Role::Population, &FIELDS), source("ehealth", Role::Registry, fields)];
    let sources = job(sources);
    let world = World { sources: vec![self::records(60), records], ..World::default() };
    of_world(&sources, &world)
}

/// What is found in a list of pupils of these rows beside a sound register.
fn in_list(records: Records, register: u32) -> Vec<Finding> {
    let sources =
        vec![source("kurs", Role::Population, &FIELDS), source("ehealth", Role::Registry, &FIELDS)];
    let sources = job(sources);
    let world = World { sources: vec![records, self::records(register)], ..World::default() };
    of_world(&sources, &world)
}

fn kinds(findings: &[Finding]) -> Vec<Degenerate> {
    findings.iter().map(Finding::kind).collect()
}

#[test]
fn what_is_sound_is_let_pass() {
    assert_eq!(in_register(records(500), &FIELDS), []);
    assert_eq!(in_list(records(60), 60), []);
}

#[test]
fn nine_in_ten_without_a_day_are_undated() {
    let with = |missing: usize| {
        let mut all = records(100);
        all.evidence_date[..missing].fill(None);
        in_register(all, &FIELDS)
    };
    assert_eq!(with(89), []);
    let found = with(90);
    assert_eq!(kinds(&found), [Degenerate::Undated]);
    assert_eq!(found[0].line(Lang::En), "ehealth: 90.0\u{a0}% of 100 rows bear no day of evidence");
    let warning = found[0].warning();
    assert_eq!((warning.kind, warning.field, warning.of), ("undated", Some("evidence.date"), 100));
    assert!((warning.share - 0.9).abs() < 1e-12);
}

#[test]
fn evidence_that_needs_no_day_may_lack_it() {
    for kind in [Some(Kind::Identity), Some(Kind::ReportedMissing), None] {
        let mut all = records(100);
        all.evidence_date.fill(None);
        all.evidence_kind.fill(kind);
        assert_eq!(in_register(all, &FIELDS), [], "{kind:?}");
    }
    // Of rows that prove different things only those count that need a day.
    let mut all = records(100);
    all.evidence_date.fill(None);
    all.evidence_kind[..49].fill(Some(Kind::Identity));
    assert_eq!(kinds(&in_register(all, &FIELDS)), [Degenerate::Undated]);
}

#[test]
fn few_rows_are_not_judged() {
    let mut few = records(49);
    few.evidence_date.fill(None);
    few.surname.fill(0);
    few.birth_date.fill(PartialDate { year: 2012, month: 1, day: 1 });
    assert_eq!(in_register(few, &FIELDS), []);
    let same = Records { surname: vec![1; 49], given_name: vec![1; 49], ..records(49) };
    assert_eq!(in_list(same, 60), []);
}

#[test]
fn a_mapped_field_without_values_is_unfilled_and_another_is_nobodys_concern() {
    let empty = || {
        let mut all = records(100);
        all.given_name[..95].fill(0);
        all.birth_date[..90].fill(PartialDate::MISSING);
        all
    };
    let found = in_register(empty(), &FIELDS);
    assert_eq!(kinds(&found), [Degenerate::Unfilled; 2]);
    let fields: Vec<_> = found.iter().map(|finding| finding.warning().field).collect();
    assert_eq!(fields, [Some("given_name"), Some("birth_date")]);
    assert_eq!(in_register(empty(), &[Field::Surname]), []);
    // Surname and given name of one column are one finding.
    let mut nameless = records(100);
    nameless.surname.fill(0);
    nameless.given_name.fill(0);
    let found = in_register(nameless, &[Field::FullName]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].warning().field, Some("full_name"));
    assert_eq!(kinds(&in_list(empty(), 60)), [Degenerate::Unfilled; 2]);
}

#[test]
fn a_default_date_or_name_is_constant_and_a_common_year_is_not() {
    let day = |born: PartialDate| {
        let mut all = records(100);
        all.birth_date[..92].fill(born);
        in_register(all, &FIELDS)
    };
    let found = day(PartialDate { year: 2010, month: 1, day: 1 });
    assert_eq!(kinds(&found), [Degenerate::Constant]);
    assert_eq!(found[0].warning().field, Some("birth_date"));
    assert_eq!(day(PartialDate { year: 2010, month: 0, day: 0 }), []);
    let mut named = records(100);
    named.surname[..90].fill(7);
    assert_eq!(kinds(&in_register(named, &FIELDS)), [Degenerate::Constant]);
    // Of the filled ones: 54 of 60, and 45 of 50 below which nothing is said.
    for (filled, most, expected) in [(60, 54, 1), (50, 45, 1), (49, 45, 0), (60, 53, 0)] {
        let mut all = records(100);
        all.surname[filled..].fill(0);
        all.surname[..most].fill(200);
        assert_eq!(in_register(all, &FIELDS).len(), expected, "{most} of {filled}");
    }
}

#[test]
fn an_empty_list_is_refused_and_an_empty_register_is_told() {
    let found = in_list(records(0), 50);
    assert_eq!(kinds(&found), [Degenerate::Empty]);
    assert!(found[0].refuses());
    // Nothing much is asked of a sample.
    assert!(!in_list(records(0), 49)[0].refuses());
    let found = in_register(records(0), &FIELDS);
    assert_eq!((kinds(&found), found[0].refuses()), (vec![Degenerate::Empty], false));
}

#[test]
fn rows_that_are_all_alike_are_nobody() {
    let same = Records {
        surname: vec![3; 60],
        given_name: vec![3; 60],
        patronymic: vec![3; 60],
        birth_date: vec![PartialDate { year: 2012, month: 3, day: 4 }; 60],
        ..records(60)
    };
    let found = in_list(same, 60);
    assert!(kinds(&found).contains(&Degenerate::Empty), "{found:?}");
    assert!(found.iter().all(Finding::refuses));
}

fn links(rows: usize, weights: Vec<f64>) -> Links {
    Links { unique: true, rows, pupils: 1_000, bits: 30.0, weights, expected_false: 0.01 }
}

fn kinds_of(links: &Links) -> Vec<&'static str> {
    let name = |what: &What| match what {
        What::Blind { .. } => "blind",
        What::MoreThanRows { .. } => "more",
        What::Weak { .. } => "weak",
        What::False { .. } => "false",
        _ => "other",
    };
    links.findings().iter().map(name).collect()
}

#[test]
fn links_are_judged_by_number_weight_and_error() {
    let sound = links(1_000, vec![25.0; 900]);
    assert_eq!(kinds_of(&sound), [""; 0]);
    assert_eq!(kinds_of(&links(60, vec![25.0; 61])), ["more"]);
    // In a register of events a child may have many rows, and still no row many children.
    assert_eq!(kinds_of(&Links { unique: false, ..links(60, vec![25.0; 61]) }), [""; 0]);
    // log2(1,024) = 10: half of the links are below, then more than half.
    let mixed = |weak: usize| [vec![9.9; weak], vec![10.0; 100 - weak]].concat();
    assert_eq!(kinds_of(&links(1_024, mixed(50))), [""; 0]);
    assert_eq!(kinds_of(&links(1_024, mixed(51))), ["weak"]);
    assert_eq!(
        kinds_of(&Links { expected_false: 90.0, ..links(1_000, vec![25.0; 900]) }),
        ["false"]
    );
    assert_eq!(kinds_of(&Links { bits: 1.9, ..links(1_000, Vec::new()) }), ["blind"]);
    assert_eq!(kinds_of(&Links { bits: f64::NEG_INFINITY, ..sound }), ["blind"]);
    // Small registers and small lists are not judged.
    assert_eq!(kinds_of(&Links { bits: 0.0, ..links(49, vec![1.0; 60]) }), [""; 0]);
    assert_eq!(kinds_of(&Links { bits: 0.0, pupils: 49, ..links(60, vec![1.0; 60]) }), [""; 0]);
}

fn entry(levels: &[(f64, f64)], filled: f64) -> Entry {
    let level = |&(m, u): &(f64, f64)| LevelEntry {
        name: "exact",
        m,
        u,
        weight: 0.0,
        prior: 0.5,
        pairs: 1.0,
    };
    let comparison =
        ComparisonEntry { key: "surname", filled, levels: levels.iter().map(level).collect() };
    Entry {
        name: "births".to_owned(),
        records: 100,
        matches: 1.0,
        lambda: 1.0,
        coverage: 1.0,
        comparisons: vec![comparison],
        hands: Vec::new(),
        trained: Trained {
            m: Levels::default(),
            seen: Levels::default(),
            sets: Vec::new(),
            labels: Labels::default(),
            dependence: Dependence::default(),
        },
    }
}

#[test]
fn bits_are_the_divergence_of_m_from_u() {
    // 0.9·log2(0.9/0.1) + 0.1·log2(0.1/0.9) = 0.8·log2 9.
    let told = bits(&entry(&[(0.9, 0.1), (0.1, 0.9)], 1.0));
    assert!((told - 0.8 * 9.0_f64.log2()).abs() < 1e-12, "{told}");
    assert!(bits(&entry(&[(0.1, 0.1), (0.9, 0.9)], 1.0)).abs() < 1e-12);
    // Neither a column that the register lacks nor a level that never occurs tells anything.
    assert!(bits(&entry(&[(0.9, 0.1), (0.1, 0.9)], 0.0)).abs() < 1e-12);
    assert!(bits(&entry(&[(0.5, 0.0), (0.5, 0.5)], 1.0)).abs() < 1e-12);
}

#[test]
fn kinds_are_read_as_they_are_written() {
    for kind in Degenerate::ALL {
        assert_eq!(Degenerate::from_key(kind.key()), Some(kind));
        assert!(Allow::parse(kind.key()).unwrap().has(kind));
    }
    let allow = Allow::parse("constant, undated").unwrap();
    assert_eq!(allow.keys(), ["undated", "constant"]);
    assert_eq!(Allow::parse("all").unwrap().keys().len(), Degenerate::ALL.len());
    let both = Allow::default().and(&allow).and(&Allow::parse("empty").unwrap());
    assert_eq!(both.keys(), ["undated", "constant", "empty"]);
    for wrong in ["", "dates", "undated,", "undated;empty"] {
        assert!(Allow::parse(wrong).unwrap_err().contains("links_everything"), "{wrong}");
    }
}

#[test]
fn what_is_not_allowed_is_refused_all_at_once() {
    let found = || {
        let mut all = records(100);
        all.evidence_date.fill(None);
        all.birth_date.fill(PartialDate { year: 2012, month: 3, day: 4 });
        in_register(all, &FIELDS)
    };
    let refused = judge(found(), &Allow::default(), Lang::En).unwrap_err().to_string();
    assert_eq!(refused.lines().count(), 4, "{refused}");
    assert!(refused.contains("or run with --allow undated\n"), "{refused}");
    assert!(refused.contains("or run with --allow constant\n"), "{refused}");
    let one = judge(found(), &Allow::parse("undated").unwrap(), Lang::Uk).unwrap_err().to_string();
    assert!(!one.contains("undated") && one.contains("--allow constant"), "{one}");
    let passed = judge(found(), &Allow::parse("all").unwrap(), Lang::En).unwrap();
    assert_eq!(kinds(&passed), [Degenerate::Undated, Degenerate::Constant]);
    // What refuses nothing needs no leave.
    let empty = in_register(records(0), &FIELDS);
    assert_eq!(judge(empty.clone(), &Allow::default(), Lang::En).unwrap(), empty);
}

/// Every finding in both languages, with its remedy.
#[test]
fn findings_in_words() {
    let field = Field::BirthDate;
    let all = [
        What::Undated { share: 0.95, rows: 1_532 },
        What::Unfilled { field, share: 0.95, rows: 1_532 },
        What::Constant { field, share: 0.95, filled: 1_532 },
        What::Blind { bits: 0.12, rows: 1_532 },
        What::MoreThanRows { links: 1_600, rows: 1_532 },
        What::Weak { share: 0.95, links: 1_532 },
        What::False { share: 0.95, links: 1_532 },
        What::Joined { share: 0.95, records: 1_532 },
        What::Nobody { beside: 1_532 },
        What::Identical { rows: 1_532 },
        What::NoRegister,
    ];
    let finding = |what| Finding { source: "ehealth".to_owned(), what };
    let findings: Vec<Finding> = all.into_iter().map(finding).collect();
    let text =
        [Lang::En, Lang::Uk].map(|lang| Refused { findings: findings.clone(), lang }.to_string());
    insta::assert_snapshot!(text.join("\n\n"));
    let shown: BTreeMap<_, _> = findings.iter().map(|f| (f.line(Lang::Uk), f.kind())).collect();
    assert_eq!(shown.len(), findings.len());
}
