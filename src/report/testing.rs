//! A small invented run.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use jiff::civil::{Date, date};
use tempfile::TempDir;

use crate::compare::{Comparison, Pattern, certificate, date as date_level, level};
use crate::estimate::{ErrorRates, Method, RegisterErrors, Stratum, Unseen};
use crate::extract::{Extracted, FileSeen, Rejected};
use crate::field::Field;
use crate::job::{
    DecisionSettings, EvidenceRule, Format, Job, Kind, KindRule, PrioritySettings, ReportSettings,
    Role, Source,
};
use crate::model::saved::{ComparisonEntry, Document, Entry, LevelEntry};
use crate::model::{Dependence, Labels, Levels, Round, Trained, TrainingSet};
use crate::normalize::{Displacement, PartialDate, Sex};
use crate::resolve::{Decision, Link, RecordRef};
use crate::timings::Stage;
use crate::verdict::{Child, Reason, ReasonCode, Status, Tier};

use super::{
    Asked, ErrorEstimate, Given, Movement, MovementKind, NameGroup, Pick, Run, Stand, Thresholds,
    Traits, Warning,
};

/// Invented people of the first population: row → values by heading.
pub(super) const PUPILS: [[&str; 8]; 6] = [
    ["A-1", "Вигаданко", "Зоряна", "Тестівна", "01.02.2012", "1-МИ", "000111", "Школа № 1"],
    ["A-2", "=HYPERLINK(\"x\")", "Мар'яна", "", "29.02.2013", "", "", "Школа  № 1"],
    ["A-3", "Небувалий", "Ян; \"Ясь\"", "Тестович", "", "ІІ-ЖД", "000222", "Ліцей\nдругий"],
    ["A-4", "Небувала", "Яна", "Тестівна", "05.06.2011", "ІІ-ЖД", "000223", "Ліцей\nдругий"],
    ["A-5", "", "+", "-", "", "", "", ""],
    ["A-6", "Підтверджена", "Оля", "Тестівна", "07.08.2010", "І-МИ", "000333", "Школа № 1"],
];

fn stage(stage: &str, seconds: f64) -> Stage {
    Stage { stage: stage.to_owned(), seconds, ..Stage::default() }
}

const HEADINGS: [(&str, Field); 8] = [
    ("ID запису", Field::Id),
    ("Прізвище", Field::Surname),
    ("Ім'я", Field::GivenName),
    ("По батькові", Field::Patronymic),
    ("Дата народження", Field::BirthDate),
    ("Серія", Field::CertificateSeries),
    ("Номер", Field::CertificateNumber),
    ("Заклад", Field::School),
];

/// All that a [`Run`] borrows, with input files to hash.
pub(super) struct Invented {
    pub(super) home: TempDir,
    pub(super) job: Job,
    pub(super) extracted: Vec<Extracted>,
    pub(super) rejected: Vec<Vec<Rejected>>,
    pub(super) fills: Vec<Vec<(Field, u64)>>,
    pub(super) children: Vec<Child>,
    pub(super) traits: Vec<Traits>,
    pub(super) labels: Vec<Box<str>>,
    pub(super) movements: Vec<Movement>,
    pub(super) links: Vec<Link>,
    pub(super) model: Document,
    pub(super) errors: ErrorRates,
    pub(super) warnings: Vec<Warning>,
    pub(super) counts: Vec<(String, u64)>,
    pub(super) timings: Vec<Stage>,
    pub(super) pick: Box<Pick<'static>>,
}

impl Invented {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let job = job(home.path());
        let extracted: Vec<Extracted> = job
            .sources
            .iter()
            .map(|source| Extracted {
                rows: 6,
                blank: 1,
                rejected: Vec::new(),
                files: vec![FileSeen {
                    path: source.files[0].clone(),
                    rows: 6,
                    encoding: Some("utf-8".to_owned()),
                    delimiter: Some(';'),
                    ..FileSeen::default()
                }],
            })
            .collect();
        Self {
            job,
            extracted,
            rejected: rejected(),
            fills: vec![
                vec![(Field::Surname, 5), (Field::BirthDate, 4), (Field::Id, 6)],
                vec![(Field::FullName, 6)],
                vec![(Field::Surname, 6), (Field::Document, 1)],
                vec![(Field::Surname, 6)],
            ],
            children: children(),
            traits: traits(),
            movements: movements(),
            labels: ["", "школа № 1", "ліцей другий", "київська", "7-а"].map(Into::into).to_vec(),
            links: links(),
            model: model(),
            errors: errors(),
            warnings: vec![Warning {
                kind: "undated",
                source: "ehealth".to_owned(),
                field: Some("evidence.date"),
                share: 0.95,
                of: 100,
            }],
            counts: vec![("pairs compared".to_owned(), 1234), ("rule surname+year".to_owned(), 34)],
            timings: vec![stage("read", 0.25), stage("link:births", 1.5)],
            pick: Box::new(pick),
            home,
        }
    }

    pub(super) fn run(&self) -> Run<'_> {
        Run {
            job: &self.job,
            extracted: &self.extracted,
            rejected: &self.rejected,
            fills: &self.fills,
            children: &self.children,
            links: &self.links,
            movements: &self.movements,
            model: &self.model,
            given: Given { model: Some(("july.json", "0a1b")), labels: None, previous: None },
            asked: Asked { allow: &["undated"], warnings: &self.warnings, ..Asked::default() },
            errors: &self.errors,
            counts: &self.counts,
            thresholds: Thresholds { confirm: 0.9999, review: 0.2 },
            wrong: ErrorEstimate { expected: 0.034, upper: 1.271 },
            needless: 1.4,
            traits: &self.traits,
            labels: &self.labels,
            fingerprints: &[],
            timings: &self.timings,
            threads: 2,
            pick: &*self.pick,
        }
    }
}

fn errors() -> ErrorRates {
    let method = |method, false_links, low, high| Method {
        method,
        false_links,
        rate: false_links / 1_000.0,
        low,
        high,
        sample: 250,
        missed: None,
        parts: Vec::new(),
    };
    let register = |register: &str, methods| RegisterErrors {
        register: register.to_owned(),
        accepted: 990,
        measured: 1_000,
        methods,
        strata: vec![Stratum {
            by: "sex",
            value: "male".to_owned(),
            accepted: 500,
            expected_false: 0.02,
        }],
        ..RegisterErrors::default()
    };
    let quiet = register("courts", vec![method("model", 0.03, 0.0, 3.71)]);
    let loud = vec![method("model", 0.05, 0.0, 3.75), method("decoys", 9.0, 4.0, 17.0)];
    let loud = RegisterErrors {
        never_compared: Some(Unseen { pairs: 2.5, low: 0.5, high: 7.0 }),
        offset_bits: 6.3,
        driving: Some("decoys"),
        ..register("clinics", loud)
    };
    ErrorRates { registers: vec![quiet, loud] }
}

type Picked = Result<BTreeMap<u64, Vec<Option<String>>>, Box<dyn Error + Send + Sync>>;

fn pick(source: &Source, headings: &[String], rows: &std::collections::BTreeSet<u64>) -> Picked {
    let mut picked = BTreeMap::new();
    for &row in rows {
        let pupil = PUPILS[usize::try_from(row)?];
        let value = |heading: &String| {
            let at = HEADINGS.iter().position(|(name, _)| name == heading);
            let value = if source.name == "kurs" {
                format!("{} {} {}", pupil[1], pupil[2], pupil[3])
            } else {
                pupil[at?].to_owned()
            };
            (!value.is_empty()).then_some(value)
        };
        picked.insert(row, headings.iter().map(value).collect());
    }
    Ok(picked)
}

fn source(home: &std::path::Path, name: &str, role: Role, columns: &[(&str, Field)]) -> Source {
    let file = home.join(format!("{name}.csv"));
    fs::write(&file, format!("a file of {name}\n")).unwrap();
    Source {
        name: name.to_owned(),
        role,
        files: vec![file],
        format: Format::Csv,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: columns
            .iter()
            .map(|(heading, field)| (*field, vec![(*heading).to_owned()]))
            .collect(),
        unique: true,
        evidence: (role == Role::Registry).then(|| EvidenceRule {
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

fn job(home: &std::path::Path) -> Job {
    let path = home.join("job.toml");
    fs::write(&path, "[job]\n").unwrap();
    let registry = [("surname", Field::Surname), ("document", Field::Document)];
    Job {
        path,
        name: "invented <&> 2023".to_owned(),
        as_of: date(2023, 7, 5),
        evidence_since: date(2022, 2, 24),
        output: home.join("out"),
        max_rejected_share: 0.05,
        decision: DecisionSettings::default(),
        priority: PrioritySettings::default(),
        report: ReportSettings::default(),
        sources: vec![
            source(home, "aikom", Role::Population, &HEADINGS),
            source(home, "kurs", Role::Population, &[("ПІБ", Field::FullName)]),
            source(home, "ehealth", Role::Registry, &registry),
            source(home, "missing", Role::Registry, &registry),
        ],
    }
}

fn rejected() -> Vec<Vec<Rejected>> {
    let item = |row, field: &str, reason: &str, whole_row| Rejected {
        row,
        field: field.to_owned(),
        reason: reason.to_owned(),
        whole_row,
    };
    vec![
        vec![
            item(None, "", "the rest of the file is cut off", true),
            item(Some(5), "birth_date", "no such day", false),
            item(Some(1), "birth_date", "no such day", false),
            item(Some(1), "=Дивний, \"стовпець\"", "error cell", false),
        ],
        vec![],
        vec![item(Some(0), "", "3 cells where 5 stand in the heading", true)],
    ]
}

fn record(source: usize, row: u64) -> RecordRef {
    let id = (source == 0).then(|| format!("A-{}", row + 1).into());
    RecordRef { source, row, id, content: 0xabc0 + row }
}

fn because(code: ReasonCode, source: Option<usize>, date: Option<Date>) -> Reason {
    let kind = (code == ReasonCode::SettledBy).then_some(Kind::Present);
    Reason { code, source, date, kind }
}

fn children() -> Vec<Child> {
    use ReasonCode as Code;
    let child = |row, status, priority, reasons: &[Reason], last_evidence| Child {
        id: format!("aikom:A-{}", row + 1),
        main: record(0, row),
        records: if row == 0 { vec![record(0, 0), record(1, 4)] } else { vec![record(0, row)] },
        status,
        reasons: reasons.to_vec(),
        last_evidence,
        priority,
        wrong_probability: if status == Status::Confirmed { 0.000_01 } else { 0.0 },
        tier: (status == Status::Confirmed).then_some(Tier::A),
        former: Vec::new(),
        doubles: if row == 0 { vec!["kurs:#00ff".to_owned()] } else { Vec::new() },
    };
    let old = Some(date(2021, 9, 1));
    let mut children = vec![
        child(
            0,
            Status::Unconfirmed,
            700,
            &[
                because(Code::TooOld, Some(2), old),
                because(Code::NotFound, Some(3), None),
                because(Code::ContactLost, None, None),
                because(Code::RecordsDiffer, None, None),
            ],
            old,
        ),
        child(1, Status::Review, 650, &[because(Code::PossibleLink, Some(2), None)], None),
        child(2, Status::Review, 650, &[because(Code::PossibleTwin, Some(2), None)], None),
        child(
            3,
            Status::ReportedMissing,
            1000,
            &[because(Code::SoughtBy, Some(3), Some(date(2023, 1, 2)))],
            Some(date(2023, 1, 2)),
        ),
        child(4, Status::NotAssessable, 300, &[because(Code::TooFewFields, None, None)], None),
        child(
            5,
            Status::Confirmed,
            0,
            &[because(Code::SettledBy, Some(2), Some(date(2023, 6, 30)))],
            Some(date(2023, 6, 30)),
        ),
    ];
    let kurs = RecordRef { source: 1, row: 2, id: None, content: 0xff };
    children.push(Child {
        id: "kurs:#00ff".to_owned(),
        main: kurs.clone(),
        records: vec![kurs],
        status: Status::Unconfirmed,
        reasons: vec![because(Code::NotFound, Some(2), None)],
        last_evidence: None,
        priority: 700,
        wrong_probability: 0.0,
        tier: None,
        former: Vec::new(),
        doubles: Vec::new(),
    });
    children
}

/// One child went to another region and class, one vanished, one began school.
fn movements() -> Vec<Movement> {
    let stand = |school, region| Some(Stand { school, region, grade: 4 });
    vec![
        Movement {
            child: 0,
            kind: MovementKind::Region,
            from: stand(1, 3),
            to: stand(2, 0),
            classes: Some(1),
        },
        Movement {
            child: 1,
            kind: MovementKind::Vanished,
            from: stand(1, 3),
            to: None,
            classes: None,
        },
        Movement {
            child: 2,
            kind: MovementKind::FirstGrader,
            from: None,
            to: stand(2, 3),
            classes: None,
        },
    ]
}

/// One a child: the last is of another school and marked.
fn traits() -> Vec<Traits> {
    let plain = Traits {
        school: 1,
        region: 3,
        grade: 4,
        sex: Sex::Female,
        birth_date: PartialDate { year: 2012, month: 2, day: 1 },
        displacement: Displacement::None,
        contact_lost: Some(false),
        certificate: true,
        surname: NameGroup::Ko,
        ..Traits::default()
    };
    let mut all = vec![plain; 7];
    all[0].contact_lost = Some(true);
    all[2].school = 2;
    all[3] = Traits { school: 2, displacement: Displacement::Internal, ..plain };
    all[4] = Traits::default();
    all[6] = Traits { school: 2, sex: Sex::Male, region: 0, contact_lost: None, ..plain };
    all
}

fn links() -> Vec<Link> {
    use Comparison as C;
    let link = |child: usize, row, probability: f64, decision, levels: &[(Comparison, u8)]| {
        let mut pattern = Pattern::default();
        let mut parts = [0.0; Comparison::COUNT];
        for &(comparison, level) in levels {
            pattern = pattern.with(comparison, level);
            parts[comparison as usize] = 4.0 - f64::from(level);
        }
        Link {
            population: record(0, child as u64),
            registry: RecordRef {
                source: 2,
                row,
                id: Some(format!("eh-{row}").into()),
                content: row,
            },
            child,
            weight: parts.iter().sum(),
            probability,
            decision,
            twin_risk: child == 2,
            pattern,
            parts,
            evidence_kind: Some(Kind::Present),
            evidence_date: Some(date(2023, 3, 9)),
        }
    };
    let exact = [(C::Surname, 1), (C::GivenName, 1), (C::BirthDate, 1), (C::Certificate, 1)];
    let slips = [
        (C::Surname, 1),
        (C::GivenName, level::GIVEN.initial),
        (C::BirthDate, date_level::ONE_SLIP),
        (C::Certificate, certificate::NEIGHBOUR),
    ];
    vec![
        link(5, 10, 0.999_999_2, Decision::Link, &exact),
        link(1, 11, 0.31, Decision::Review, &slips),
        link(1, 12, 0.93, Decision::Review, &exact[..3]),
        link(1, 13, 0.29, Decision::Review, &slips),
        link(1, 14, 0.28, Decision::Review, &slips),
        link(2, 15, 0.52, Decision::Review, &slips),
    ]
}

/// An entry of a model with nothing in it but these comparisons.
pub(super) fn entry(name: &str, comparisons: Vec<ComparisonEntry>) -> Entry {
    let round = |(round, penalised)| Round {
        round,
        log_likelihood: penalised + 90.0,
        penalised,
        lambda: 0.9,
        change: 0.01,
    };
    let set = TrainingSet {
        rule: "birth_date+surname".to_owned(),
        pairs: 19_224,
        patterns: 159,
        lambda: 0.979,
        kin: 0.018,
        rounds: 30,
        settled: true,
        best: 1,
        log_likelihood: vec![-15_783.4, -15_780.0],
        penalised: vec![-15_878.4, -15_870.0],
        history: [(1, -16_870.0), (2, -15_990.0), (20, -15_880.0), (30, -15_870.0)]
            .map(round)
            .to_vec(),
    };
    let sets = if comparisons.is_empty() { Vec::new() } else { vec![set] };
    Entry {
        name: name.to_owned(),
        records: 31_951,
        matches: 19_692.5,
        lambda: 0.000_029_2,
        coverage: 0.983,
        comparisons,
        hands: Vec::new(),
        trained: Trained {
            m: Levels::default(),
            seen: Levels::default(),
            sets,
            labels: Labels { same: 12.0, different: 3.5 },
            dependence: Dependence::default(),
        },
    }
}

fn model() -> Document {
    let level = |name, m, u: f64, pairs| LevelEntry {
        name,
        m,
        u,
        weight: if u > 0.0 { f64::log2(m / u) } else { f64::NAN },
        prior: 0.9,
        pairs,
    };
    let levels = vec![
        level("exact", 0.91, 0.000_02, 18_000.0),
        level("close", 0.05, 0.001, 70.3),
        level("different", 0.04, 0.998, 0.2),
    ];
    let comparison = |key, filled, levels| ComparisonEntry { key, filled, levels };
    let odd = vec![level("odd <level>", 0.5, 0.0, 0.0)];
    let ehealth = vec![
        comparison("surname", 0.995, levels.clone()),
        comparison("of later days", 0.1, odd),
        comparison("unzr", 0.0, levels.clone()),
    ];
    let missing = vec![comparison("given_name", 1.0, levels)];
    let registries = vec![entry("ehealth", ehealth), entry("missing", missing)];
    Document::new(registries, entry("population", Vec::new()), crate::model::Family::expected())
}
