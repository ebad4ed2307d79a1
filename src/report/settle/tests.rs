//! Steps and their order.

use std::fmt::Write as _;

use jiff::civil::date;

use super::*;
use crate::job::Language;
use crate::report::candidates::Candidates;
use crate::report::testing::Invented;
use crate::verdict::Reason;

fn sample() -> Vec<Action<'static>> {
    use Comparison as C;
    let day = date(2023, 3, 9);
    vec![
        Action::Police(vec!["missing"]),
        Action::Police(Vec::new()),
        Action::Contradiction("deaths", Some(Kind::Deceased), Some(day)),
        Action::Contradiction("deaths", None, None),
        Action::Choose("border"),
        Action::Compare {
            record: "ehealth:12".to_owned(),
            differ: vec![(C::GivenName, "initial"), (C::Certificate, "neighbour")],
            lack: vec![C::Patronymic],
            twin: true,
        },
        Action::Compare {
            record: "ehealth:12".to_owned(),
            differ: Vec::new(),
            lack: Vec::new(),
            twin: false,
        },
        Action::Take(C::Certificate, "births", "births:7".to_owned()),
        Action::Ask(C::Certificate, false, Some("ehealth")),
        Action::Ask(C::GivenName, true, None),
        Action::Complete(vec![C::Patronymic, C::BirthDate]),
        Action::Check(C::BirthDate, Some("border")),
        Action::Extract("idp", Outside::Region),
        Action::Extract("idp", Outside::Years),
        Action::Extract("idp", Outside::Other),
        Action::Undated("ehealth"),
        Action::InFuture("ehealth", date(2023, 7, 5)),
        Action::Sibling("missing"),
        Action::Death(Some("deaths")),
        Action::Death(None),
        Action::NextSchool,
        Action::ProofAbroad,
        Action::Nowhere,
        Action::Records(vec!["aikom:0".to_owned(), "kurs:4".to_owned()]),
        Action::AfterSchool,
        Action::Family,
        Action::Whereabouts { since: date(2022, 2, 24), last: Some(date(2021, 9, 1)) },
        Action::Whereabouts { since: date(2022, 2, 24), last: None },
    ]
}

#[test]
fn every_step_has_words_and_a_code() {
    let mut told = String::new();
    for (action, gain) in
        sample().into_iter().zip([0.314, 1.0, 0.0, 0.5, 0.004, 0.999].iter().cycle())
    {
        let step = Step { action, gain: *gain };
        let _ = writeln!(told, "{}", step.code());
        for lang in Language::ALL {
            let _ = writeln!(told, "  {}", words::step(&step, lang).replace('\u{a0}', " "));
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn one_step_is_not_numbered() {
    let step = |action| Step { action, gain: 0.0 };
    let one = [step(Action::NextSchool)];
    assert_eq!(text(&one, Lang::En), "Ask the school where the child went.");
    let two = [step(Action::NextSchool), step(Action::Family)];
    assert_eq!(
        text(&two, Lang::En),
        "1) Ask the school where the child went. 2) Restore contact with the family: the school \
         marks it as lost."
    );
    assert_eq!(text(&[], Lang::Uk), "");
}

/// Codes of the steps of a child, and whether their gains fall.
fn codes(invented: &Invented, place: usize) -> Vec<String> {
    let run = invented.run();
    let list = Candidates::collect(&run).unwrap();
    list.row(place).settle_codes
}

#[test]
fn the_likelier_link_is_compared_first_and_one_that_settles_nothing_is_not() {
    let mut invented = Invented::new();
    // The fourth of the list has four possible links.
    assert_eq!(
        codes(&invented, 3)[..3],
        ["compare:ehealth:12", "compare:ehealth:11", "compare:ehealth:13"]
    );
    invented.links[2].evidence_kind = Some(Kind::Identity);
    assert_eq!(
        codes(&invented, 3)[..3],
        ["compare:ehealth:11", "compare:ehealth:13", "compare:ehealth:14"]
    );
}

#[test]
fn a_possible_death_beside_a_sighting_comes_before_all() {
    let mut invented = Invented::new();
    invented.children[1].last_evidence = Some(date(2023, 5, 1));
    invented.links[4].evidence_kind = Some(Kind::Deceased);
    invented.links[4].probability = 0.000_5;
    // Either answer settles the status.
    assert_eq!(codes(&invented, 3)[0], "compare:ehealth:14");
}

#[test]
fn the_police_come_first_and_the_family_last() {
    let mut invented = Invented::new();
    assert_eq!(codes(&invented, 0), ["ask_police:missing"]);
    let because = |code, source| Reason { code, source, date: None, kind: None };
    invented.children[6].reasons = vec![
        because(ReasonCode::ContactLost, None),
        because(ReasonCode::SiblingMissing, Some(3)),
        because(ReasonCode::SchoolSaysDied, None),
        because(ReasonCode::Undated, Some(3)),
    ];
    let told = codes(&invented, 2);
    let at = |code: &str| {
        told.iter().position(|own| own == code).unwrap_or_else(|| panic!("{code}: {told:?}"))
    };
    assert!(at("ask_police:missing") < at("ask_family"));
    assert!(at("ask_school:death_record") < at("ask_family"));
    // A school that lost contact does not know.
    assert_eq!(told.last().unwrap(), "ask_school:whereabouts");
}

#[test]
fn people_are_asked_first_where_no_register_is_likely_to_know() {
    let invented = Invented::new();
    let run = invented.run();
    let list = Candidates::collect(&run).unwrap();
    let row = list.row(2);
    // No register of the invented model can accept anybody: what people know is all there is.
    assert_eq!(row.settle_codes[0], "ask_school:whereabouts");
    assert!(!row.what_would_settle.contains('%'), "{}", row.what_would_settle);
}
