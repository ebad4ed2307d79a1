//! The room from chunk to world.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field as Column, Schema};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::extract::{Chunk, Rejected};
use crate::field::Field;
use crate::job::{EvidenceRule, Format, Kind, KindRule, Role, Source};

fn source(columns: &[(Field, &[&str])], evidence: Option<EvidenceRule>) -> Source {
    let headings = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Source {
        name: "list".into(),
        role: Role::Registry,
        files: Vec::new(),
        format: Format::Csv,
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        columns: columns.iter().map(|(field, names)| (*field, headings(names))).collect(),
        unique: true,
        evidence,
        scope: None,
        extracted: None,
    }
}

/// Rows of values in the order of the headings.
fn chunk(headings: &[String], rows: &[(u64, Vec<&str>)]) -> Chunk {
    let fields: Vec<Column> =
        headings.iter().map(|name| Column::new(name, DataType::Utf8, true)).collect();
    let columns: Vec<ArrayRef> = (0..headings.len())
        .map(|i| {
            let values = rows.iter().map(|(_, row)| Some(row[i]).filter(|v| !v.is_empty()));
            Arc::new(values.collect::<StringArray>()) as ArrayRef
        })
        .collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    Chunk { rows: rows.iter().map(|(row, _)| *row).collect(), batch }
}

fn build(source: &Source, rows: &[(u64, Vec<&str>)], chunk_size: usize) -> Built {
    let mut builder = SourceBuilder::new(source);
    let headings = builder.headings().to_vec();
    for rows in rows.chunks(chunk_size.max(1)) {
        builder.push(&chunk(&headings, rows));
    }
    builder.finish()
}

fn world(source: &Source, rows: &[Vec<&str>]) -> (World, Vec<Rejected>) {
    let rows: Vec<_> = (0..).zip(rows.iter().cloned()).collect();
    let (world, mut rejected) = assemble(vec![build(source, &rows, 1000)]);
    (world, rejected.remove(0))
}

/// One record, as text.
fn names_of(world: &World, i: usize) -> [&str; 3] {
    let records = &world.sources[0];
    [
        &*world.lexicon.surnames[records.surname[i] as usize].canonical,
        &*world.lexicon.given_names[records.given_name[i] as usize].canonical,
        &*world.lexicon.patronymics[records.patronymic[i] as usize].canonical,
    ]
}

#[test]
fn headings_are_asked_for_once() {
    let rule = EvidenceRule {
        dated: None,
        since: None,
        kind: KindRule::Column { column: "kind".into(), kinds: BTreeMap::new() },
        date: Some("date".into()),
        witness: "list".into(),
    };
    let source = source(
        &[(Field::Surname, &["b", "a"]), (Field::GivenName, &["a"]), (Field::Updated, &["date"])],
        Some(rule),
    );
    assert_eq!(SourceBuilder::new(&source).headings(), ["b", "a", "date", "kind"]);
    let nothing = SourceBuilder::new(&self::source(&[], None)).finish();
    let (world, _) = assemble(vec![nothing]);
    assert!(world.sources[0].is_empty());
    assert_eq!(world.lexicon.surnames.len(), 1);
    assert!(assemble(Vec::new()).0.sources.is_empty());
}

#[test]
fn a_row_of_every_field() {
    let all: Vec<(Field, Vec<&str>)> = Field::ALL.map(|field| (field, vec![field.key()])).into();
    let all: Vec<(Field, &[&str])> = all.iter().map(|(f, names)| (*f, names.as_slice())).collect();
    let source = source(&all, None);
    let mut row = vec![""; Field::ALL.len()];
    for (field, value) in [
        (Field::Id, " 17 "),
        (Field::Surname, "ПЕТРЕНКО"),
        (Field::GivenName, "Iван"),
        (Field::Patronymic, "Олексійович"),
        (Field::BirthDate, "12.03.2014"),
        (Field::Sex, "чол."),
        (Field::CertificateSeries, "1-МИ"),
        (Field::CertificateNumber, "23456"),
        (Field::Document, "FE345678"),
        (Field::Rnokpp, "4170901236"),
        (Field::Unzr, "20140312-12344"),
        (Field::School, "2147345"),
        (Field::Region, "Чернівецька обл."),
        (Field::Grade, "3 А"),
        (Field::Displacement, "ВПО"),
        (Field::ContactLost, "ні"),
        (Field::Updated, "2023-07-01T10:00:00"),
        (Field::MotherGivenName, "Коваль Олена Петрівна"),
        (Field::FatherGivenName, "Олексій"),
    ] {
        row[field as usize] = value;
    }
    let (world, rejected) = world(&source, &[row]);
    let records = &world.sources[0];
    assert_eq!(names_of(&world, 0), ["петренко", "іван", "олексійович"]);
    assert_eq!(records.id.get(0), Some("17"));
    assert_eq!(records.birth_date[0], PartialDate { year: 2014, month: 3, day: 12 });
    assert_eq!(records.sex[0], Sex::Male);
    assert_eq!(certificates::format(records.certificate[0]).as_deref(), Some("І-МИ № 023456"));
    assert_eq!(records.document[0].kind, DocumentKind::TravelPassport);
    assert_eq!(records.rnokpp[0], 4_170_901_236);
    let label = |code: u32| &*world.lexicon.labels[code as usize];
    assert_eq!(label(records.school[0]), "02147345");
    assert_eq!(label(records.region[0]), "чернівецька");
    assert_eq!(label(records.grade[0]), "3-а");
    assert_eq!(records.displacement[0], Displacement::Internal);
    assert_eq!(records.contact_lost[0], Some(false));
    assert_eq!(records.updated[0], Some(date(2023, 7, 1)));
    assert_eq!(records.evidence_kind[0], Some(Kind::Identity));
    let given = |code: u32| &world.lexicon.given_names[code as usize];
    assert_eq!(&*given(records.mother[0]).canonical, "олена");
    // The father's name and the patronymic share a base.
    let patronymic = &world.lexicon.patronymics[records.patronymic[0] as usize];
    assert!(given(records.father[0]).bases.iter().any(|base| patronymic.bases.contains(base)));
    // The invented УНЗР has a wrong control digit or not; it is never kept unchecked.
    assert_eq!(records.unzr[0] == 0, rejected.iter().any(|r| r.field == "unzr"));
}

#[test]
fn columns_of_one_field_in_turn() {
    let source = source(
        &[
            (Field::Surname, &["uk", "lat"]),
            (Field::BirthDate, &["born", "born2"]),
            (Field::FullName, &["pib"]),
        ],
        None,
    );
    // In the order of the fields: uk, lat, pib, born, born2.
    let (world, rejected) =
        world(&source, &[vec!["-", "Petrenko", "Коваль Іван", "31.02.2012", "2012"]]);
    assert_eq!(names_of(&world, 0), ["petrenko", "іван", ""]);
    assert_eq!(world.sources[0].birth_date[0].year, 2012);
    assert_eq!(rejected, []);
}

#[test]
fn names_in_the_wrong_columns() {
    let source = source(
        &[(Field::Surname, &["s"]), (Field::GivenName, &["g"]), (Field::Patronymic, &["p"])],
        None,
    );
    for (row, expected) in [
        (["Коваль", "Іван Петрович", ""], ["коваль", "іван", "петрович"]),
        (["Коваль", "Петрович", "Іван"], ["коваль", "іван", "петрович"]),
        (["Коваль", "Петрівна", ""], ["коваль", "", "петрівна"]),
        (["Коваль Іван Петрович", "", ""], ["коваль", "іван", "петрович"]),
        (["Коваль Іван", "", ""], ["коваль", "іван", ""]),
        (["", "Коваль Іван Петрович", ""], ["коваль", "іван", "петрович"]),
        (["Коваль Іван Петрович", "Іван", "Петрович"], ["коваль", "іван", "петрович"]),
        (["Нечуй Коваль", "Іван", "Петрович"], ["нечуй-коваль", "іван", "петрович"]),
        // Іван is a surname, too, but Коваль is no given name.
        (["Іван", "Коваль", "Петрович"], ["коваль", "іван", "петрович"]),
        (["Анна", "Абвгденко", "Іванівна"], ["абвгденко", "анна", "іванівна"]),
        // Not certain: left as written.
        (["Іван", "Абвгденко", "Петрович"], ["іван", "абвгденко", "петрович"]),
        (["Роман", "Іван", "Петрович"], ["роман", "іван", "петрович"]),
        (["Антонович", "Іван", ""], ["антонович", "іван", ""]),
        (["Антонович", "Іван", "Абвгд"], ["антонович", "іван", "абвгд"]),
        // All three moved on.
        (["Іван", "Петрович", "Коваль"], ["коваль", "іван", "петрович"]),
        (["Петрович", "Коваль", "Іван"], ["коваль", "іван", "петрович"]),
        (["Іванівна", "Анна", "Коваль"], ["коваль", "анна", "іванівна"]),
        (["VASILISA", "PETRUNINA", ""], ["petrunina", "vasilisa", ""]),
        (["ROMAN", "ABVGDENKO", ""], ["roman", "abvgdenko", ""]),
        // A patronymic behind the surname, or a surname of two words.
        (["Коваль Іванівна", "Анна", ""], ["коваль", "анна", "іванівна"]),
        (["Коваль Петрович", "Іван", "немає"], ["коваль", "іван", "петрович"]),
        (["Коваль Антонович", "Іван", "Петрович"], ["коваль-антонович", "іван", "петрович"]),
        (["Коваль-Антонович", "Іван", ""], ["коваль-антонович", "іван", ""]),
        (["Коваль вибув", "Іван", "Петрович"], ["коваль", "іван", "петрович"]),
        (["Коваль сімейна форма", "Іван", "Петрович"], ["коваль", "іван", "петрович"]),
        (["Коваль інд.навч.", "Іван", "Петрович"], ["коваль", "іван", "петрович"]),
        (["", "Загородська Вероніка", ""], ["загородська", "вероніка", ""]),
        (["Коваль", "О.П.", ""], ["коваль", "о", "п"]),
        (["Коваль", "Рустам", "Аббас огли"], ["коваль", "рустам", "аббас-огли"]),
        (["Коваль", "Анна Марія", "немає"], ["коваль", "анна-марія", ""]),
    ] {
        let (world, _) = world(&source, &[row.to_vec()]);
        assert_eq!(names_of(&world, 0), expected, "{row:?}");
    }
}

#[test]
fn identifiers_are_held_against_date_and_sex() {
    let source = source(
        &[
            (Field::BirthDate, &["b"]),
            (Field::Sex, &["s"]),
            (Field::Unzr, &["u"]),
            (Field::Rnokpp, &["r"]),
        ],
        None,
    );
    // 4170901236: born 2014-03-12, male. 1759013776: born 1948, a grandfather's.
    let run = |row: [&str; 4]| {
        let (world, rejected) = world(&source, &[row.to_vec()]);
        let records = &world.sources[0];
        let reasons: Vec<String> = rejected.into_iter().map(|r| r.reason).collect();
        (
            records.birth_date[0],
            records.sex[0],
            records.unzr[0],
            records.rnokpp[0],
            reasons.join("; "),
        )
    };
    let born = PartialDate { year: 2014, month: 3, day: 12 };
    let number = 4_170_901_236;
    assert_eq!(run(["", "", "", "4170901236"]), (born, Sex::Male, 0, number, String::new()));
    assert_eq!(run(["2014", "", "", "4170901236"]), (born, Sex::Male, 0, number, String::new()));
    let swapped = PartialDate { year: 2014, month: 12, day: 3 };
    let reason = "rnokpp contradicts birth date".to_owned();
    assert_eq!(
        run(["03.12.2014", "ч", "", "4170901236"]),
        (swapped, Sex::Male, 0, number, reason.clone())
    );
    assert_eq!(run(["12.03.2014", "ч", "", "1759013776"]), (born, Sex::Male, 0, 0, reason));
    assert_eq!(
        run(["", "", "", "1759013776"]),
        (PartialDate::MISSING, Sex::Missing, 0, 1_759_013_776, String::new())
    );
    assert_eq!(
        run(["12.03.2014", "ж", "", "4170901236"]),
        (born, Sex::Female, 0, number, "rnokpp contradicts sex".to_owned())
    );
    let unzr = PartialDate { year: 2018, month: 3, day: 12 };
    assert_eq!(
        run(["", "ж", "20180312-01233", ""]),
        (unzr, Sex::Female, 2_018_031_201_233, 0, String::new())
    );
    assert_eq!(
        run(["12.03.2014", "ж", "20180312-01233", ""]),
        (born, Sex::Female, 0, 0, "unzr contradicts birth date".to_owned())
    );
}

#[test]
fn other_kinds_of_text_are_read_too() {
    let source = source(&[(Field::Surname, &["s"])], None);
    let column = Arc::new(arrow::array::LargeStringArray::from(vec!["Коваль"])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("s", column)]).unwrap();
    let mut builder = SourceBuilder::new(&source);
    builder.push(&Chunk { rows: vec![0], batch });
    let (world, _) = assemble(vec![builder.finish()]);
    assert_eq!(names_of(&world, 0)[0], "коваль");
}

#[test]
fn a_builder_can_have_its_own_thread() {
    fn sent<T: Send>(_: &T) {}
    sent(&SourceBuilder::new(&source(&[], None)));
}

#[test]
fn documents_fill_what_is_empty() {
    let source = source(&[(Field::Document, &["d", "d2"]), (Field::Rnokpp, &["r"])], None);
    let (world, rejected) = world(&source, &[vec!["І-МИ № 345678", "4170901236", "4030045681"]]);
    let records = &world.sources[0];
    assert_eq!(records.certificate[0].number, 345_678);
    assert_eq!(records.rnokpp[0], 4_030_045_681);
    assert!(records.document[0].is_missing());
    assert_eq!(rejected, []);
}

#[test]
fn no_value_is_lost_without_a_word() {
    let columns = [
        (Field::Surname, &["s"][..]),
        (Field::GivenName, &["g"]),
        (Field::Patronymic, &["p"]),
        (Field::FullName, &["f"]),
        (Field::BirthDate, &["b"]),
    ];
    let source = source(&columns, None);
    let (_, rejected) = world(
        &source,
        &[
            vec!["????????", "12345", "0", "№ 17", "########"],
            vec!["-", "немає", "б/п", "?", ""],
            vec!["Коваль", "Іван", "Петрович", "Коваль Іван", "05.03.2014"],
        ],
    );
    let fields: Vec<_> = rejected.iter().map(|r| (r.row, r.field.as_str())).collect();
    let fields_of_the_first = ["birth_date", "full_name", "given_name", "patronymic", "surname"];
    assert_eq!(fields, fields_of_the_first.map(|field| (Some(0), field)));
}

#[test]
fn a_column_that_says_nothing_gives_way_to_the_next() {
    let columns =
        [(Field::CertificateSeries, &["s1", "s2"][..]), (Field::CertificateNumber, &["n1", "n2"])];
    let source = source(&columns, None);
    let read = |row: [&str; 4]| world(&source, &[row.to_vec()]).0.sources[0].certificate[0];
    let certificate = read(["І-БП", "", "345678", ""]);
    assert_eq!(certificate.number, 345_678);
    assert_eq!(read(["немає", "І-БП", "-", "345678"]), certificate);
    assert_eq!(read(["БП", "", "345678", ""]).letters, certificate.letters);
}

#[test]
fn evidence_has_a_kind_and_a_day() {
    let kinds =
        [("розшукується", Kind::ReportedMissing), ("IN", Kind::Present), ("м'яч", Kind::Abroad)];
    let rule = EvidenceRule {
        dated: None,
        since: None,
        kind: KindRule::Column {
            column: "kind".into(),
            kinds: kinds.into_iter().map(|(value, kind)| (value.to_owned(), kind)).collect(),
        },
        date: Some("day".into()),
        witness: "list".into(),
    };
    let source = source(&[(Field::Id, &["id"])], Some(rule));
    let run = |day: &str, kind: &str| {
        let (world, rejected) = world(&source, &[vec!["1", day, kind]]);
        let fields: Vec<String> = rejected.into_iter().map(|r| r.field).collect();
        (world.sources[0].evidence_kind[0], world.sources[0].evidence_date[0], fields.join(" "))
    };
    let day = Some(date(2023, 5, 1));
    assert_eq!(
        run("01.05.2023", " Розшукується "),
        (Some(Kind::ReportedMissing), day, String::new())
    );
    assert_eq!(run("2023-05-01", "in"), (Some(Kind::Present), day, String::new()));
    assert_eq!(run("2023-05-01", "М’яч"), (Some(Kind::Abroad), day, String::new()));
    assert_eq!(run("", ""), (None, None, String::new()));
    assert_eq!(run("2023", "OUT"), (None, None, "day kind".to_owned()));
}

#[test]
fn a_list_of_pupils_as_a_register_knows_where_those_are_of_whom_the_school_knows() {
    let rule = EvidenceRule {
        kind: KindRule::Fixed(Kind::Present),
        date: Some("day".into()),
        dated: Some(jiff::civil::date(2023, 7, 1)),
        since: None,
        witness: "list".into(),
    };
    let columns: [(Field, &[&str]); 2] =
        [(Field::ContactLost, &["lost"]), (Field::Withdrawal, &["left"])];
    let read = |role, cells: [&str; 3]| {
        let source = Source { role, ..source(&columns, Some(rule.clone())) };
        let (world, _) = world(&source, &[cells.to_vec()]);
        (world.sources[0].evidence_kind[0], world.sources[0].evidence_date[0])
    };
    let own = Some(jiff::civil::date(2023, 5, 1));
    let usual = rule.dated;
    for (cells, kind, day) in [
        (["", "", "2023-05-01"], Kind::Present, own),
        // The day of the extract stands for a day that is not given, not for one that is no day.
        (["ні", "", ""], Kind::Present, usual),
        (["ні", "", "колись"], Kind::Present, None),
        (["так", "", "2023-05-01"], Kind::Identity, own),
        (["", "вибув за межі України", "2023-05-01"], Kind::Identity, own),
    ] {
        assert_eq!(read(Role::Registry, cells), (Some(kind), day), "{cells:?}");
        assert_eq!(read(Role::Population, cells), (Some(Kind::Present), day), "{cells:?}");
    }
    // What is written and cannot be read is no sign that the pupil is there.
    for cells in [["телефон мовчить", "", "2023-05-01"], ["ні", "зник безвісти", "2023-05-01"]]
    {
        assert_eq!(read(Role::Registry, cells), (Some(Kind::Identity), own), "{cells:?}");
    }
    // A death or a search is told of whomever a school has lost sight.
    for kind in [Kind::Deceased, Kind::ReportedMissing] {
        let rule = EvidenceRule { kind: KindRule::Fixed(kind), ..rule.clone() };
        let source = Source { role: Role::Registry, ..source(&columns, Some(rule)) };
        let (world, _) = world(&source, &[vec!["так", "смерть", "2023-05-01"]]);
        assert_eq!(world.sources[0].evidence_kind[0], Some(kind));
    }
}

#[test]
fn reasons_do_not_repeat_values() {
    let fields = [
        Field::BirthDate,
        Field::Sex,
        Field::CertificateNumber,
        Field::Certificate,
        Field::Document,
        Field::Unzr,
        Field::Rnokpp,
        Field::Displacement,
        Field::ContactLost,
        Field::Updated,
    ];
    let columns: Vec<(Field, &[&str])> = fields.iter().map(|&field| (field, &["x"][..])).collect();
    let source = source(&columns, None);
    let (_, rejected) = world(&source, &[vec!["таємниця"], vec!["987"]]);
    assert!(rejected.len() >= 12, "{rejected:?}");
    for one in rejected {
        assert!(!one.whole_row);
        assert!(!one.reason.contains("таємниця") && !one.reason.contains("987"), "{one:?}");
    }
}

/// Everything in a world but the numbers of the rows.
fn without_rows(world: World) -> String {
    let sources: Vec<Records> =
        world.sources.into_iter().map(|records| Records { row: Vec::new(), ..records }).collect();
    format!("{:?}{sources:?}", world.lexicon)
}

proptest! {
    #[test]
    fn order_and_chunks_do_not_matter(
        rows in proptest::collection::vec((0_usize..7, 0_usize..7, 0_usize..7, 0_usize..5), 1..40),
        seed in any::<u64>(),
        chunk_size in 1_usize..9,
    ) {
        let names = ["Коваль Іван Петрович", "КОВАЛЬ ІВАН", "Kovalska Anna", "", "Іван Коваль", "Мельник О.", "Яна"];
        let dates = ["01.02.2012", "2012-02-01", "31.02.2012", "", "2012", "40940", "??"];
        let documents = ["I-МИ 345678", "1МИ345678", "FE345678", "", "4170901236", "000000", "х-1"];
        let days = ["2023-01-01", "2023", "", "01.01.2023", "x"];
        let rule = EvidenceRule {
            dated: None,
            since: None,
            kind: KindRule::Fixed(Kind::Present),
            date: Some("day".into()),
            witness: "list".into(),
        };
        let source = source(
            &[(Field::FullName, &["n"]), (Field::BirthDate, &["b"]), (Field::Document, &["d"])],
            Some(rule),
        );
        let rows: Vec<(u64, Vec<&str>)> = (0..)
            .zip(&rows)
            .map(|(row, &(n, b, d, e))| (row, vec![names[n], dates[b], documents[d], days[e]]))
            .collect();
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|(row, _)| row.wrapping_mul(seed | 1).rotate_left(17));
        for (at, (row, _)) in shuffled.iter_mut().enumerate() {
            *row = at as u64;
        }
        let (plain, rejected) = assemble(vec![build(&source, &rows, 1000)]);
        let (mixed, rejected_too) = assemble(vec![build(&source, &shuffled, chunk_size)]);
        prop_assert_eq!(rejected[0].len(), rejected_too[0].len());
        prop_assert_eq!(plain.sources[0].len(), rows.len());
        prop_assert_eq!(without_rows(plain), without_rows(mixed));
        // Chunks alone change nothing at all.
        let (again, rejected_again) = assemble(vec![build(&source, &rows, chunk_size)]);
        let (plain, rejected) = assemble(vec![build(&source, &rows, 1000)]);
        prop_assert_eq!(format!("{again:?}"), format!("{plain:?}"));
        prop_assert_eq!(rejected, rejected_again);
    }

    #[test]
    fn any_cells_make_a_world(cells in proptest::collection::vec("\\PC{0,16}", Field::ALL.len())) {
        let all: Vec<(Field, Vec<&str>)> = Field::ALL.map(|field| (field, vec![field.key()])).into();
        let all: Vec<(Field, &[&str])> = all.iter().map(|(f, names)| (*f, names.as_slice())).collect();
        let source = source(&all, None);
        let row: Vec<&str> = cells.iter().map(String::as_str).collect();
        let (world, _) = world(&source, &[row]);
        for name in world.lexicon.surnames.iter().chain(&world.lexicon.given_names).skip(1) {
            if !name.canonical.is_empty() {
                prop_assert!(name.fold != 0 && !name.sounds.is_empty() && !name.skeleton.is_empty());
                prop_assert!(name.skeleton.as_slice().iter().all(|&letter| letter < 64));
                prop_assert!(name.letters.as_slice().iter().all(|&letter| letter < 64));
                prop_assert!(name.bases.is_sorted() && name.bases.iter().any(|b| b.hash == name.fold));
            }
        }
    }
}
