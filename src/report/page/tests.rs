//! The page as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::UInt8Type;
use jiff::civil::date;

use super::super::testing::{Invented, PUPILS};
use super::super::tests::{batches, column, list};
use super::super::{NameGroup, Traits, write};
use super::figure::{Found, Term, Trace};
use super::*;
use crate::normalize::{Displacement, Sex};
use crate::verdict::{Status, Tier};

fn written(invented: &Invented) -> String {
    let out = invented.home.path().join("out");
    write(&invented.run(), &out).unwrap();
    fs::read_to_string(out.join("report.html")).unwrap()
}

/// The page in one language, without the version of the program, which comes and goes.
fn version(page: &str, lang: Lang) -> String {
    let start = page.find(&format!("id=\"{}\" lang", lang.key())).unwrap();
    let end = page[start..].find("</footer>").unwrap();
    page[start..start + end].replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// The values of an attribute.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    page.split(&opening).skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect()
}

/// The invented run with many children, who differ in all that groups them.
fn crowd(children: usize, offices: usize) -> Invented {
    let mut invented = Invented::new();
    let (few, traits) = (invented.children.clone(), invented.traits[0]);
    invented.labels = (0..offices).map(|office| format!("відділ {office:05}").into()).collect();
    invented.labels.push("пів'їв \"о'бласть\"".into());
    invented.labels[0] = "".into();
    let code = |code: usize| u32::try_from(code).unwrap();
    invented.children.clear();
    invented.traits.clear();
    for at in 0..children {
        // Rows of the first population, each of them again and again.
        let mut child = few[(at * at + at / 7) % 6].clone();
        child.id = format!("aikom:C-{at:07}");
        child.tier = (child.status == Status::Confirmed).then_some(if at % 4 == 0 {
            Tier::B
        } else {
            Tier::A
        });
        invented.children.push(child);
        invented.traits.push(Traits {
            office: code(at % offices),
            region: code([offices, at % 7, 0][at % 3]),
            sex: [Sex::Female, Sex::Male, Sex::Missing][at % 3],
            displacement: [Displacement::None, Displacement::Internal, Displacement::Missing]
                [at / 3 % 3],
            birth_date: crate::normalize::PartialDate {
                year: u16::try_from(2003 + at % 19).unwrap(),
                ..traits.birth_date
            },
            surname: [NameGroup::Ko, NameGroup::Double, NameGroup::Missing][at / 5 % 3],
            certificate: at % 5 > 0,
            ..traits
        });
    }
    invented
}

#[test]
fn the_page_in_both_languages() {
    let invented = Invented::new();
    let page = written(&invented);
    for lang in Lang::ALL {
        insta::assert_snapshot!(format!("the_page_{}", lang.key()), version(&page, lang));
    }
}

#[test]
fn the_page_tells_no_field_of_a_child() {
    let page = written(&Invented::new());
    for pupil in PUPILS {
        for value in pupil[1..].iter().filter(|value| value.chars().count() > 2) {
            assert!(!page.contains(value), "{value}");
            // Nor as labels are held (one is a word of the page, too), nor as HTML writes it.
            let small = value.to_lowercase();
            let word = |word: &str| word == small && small != "підтверджена";
            assert!(!page.split(|c: char| !c.is_alphanumeric()).any(word), "{value}");
            let escaped = value.replace('"', "&#34;").replace('\'', "&#39;");
            assert!(!page.contains(&escaped), "{value}");
        }
    }
    assert!(page.contains("invented &#60;&#38;&#62; 2023"));
}

#[test]
fn the_page_needs_nothing_from_outside_and_runs_nothing() {
    let page = written(&crowd(300, 20));
    assert!(
        page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    );
    let small = page.to_lowercase();
    for word in [
        "<script",
        "javascript:",
        "http:",
        "https:",
        "//",
        "<link",
        "<img",
        "<iframe",
        "@import",
        "url(",
    ] {
        assert!(!small.contains(word), "{word}");
    }
    for name in ["src", "srcset", "onload", "onclick", "action", "xlink:href"] {
        assert!(attributes(&page, name).is_empty(), "{name}");
    }
    assert!(attributes(&page, "href").iter().all(|target| target.starts_with('#')));
}

#[test]
fn every_link_leads_somewhere_and_no_place_has_the_name_of_another() {
    for invented in [Invented::new(), crowd(400, 60)] {
        let page = written(&invented);
        let ids = attributes(&page, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len());
        let mut led_to = BTreeSet::new();
        for target in attributes(&page, "href") {
            let target = target.strip_prefix('#').unwrap();
            assert!(unique.contains(target), "{target}");
            led_to.insert(target);
        }
        for names in ["aria-labelledby", "for"].map(|name| attributes(&page, name)) {
            assert!(names.iter().flat_map(|n| n.split(' ')).all(|name| unique.contains(name)));
        }
        // Nor is there an entry that no figure leads to, and each leads back.
        for entry in ids.iter().filter(|id| id[2..].starts_with("-rows-")) {
            assert!(led_to.contains(entry), "{entry}");
            assert!(led_to.contains(&*format!("{}-f{}", &entry[..2], &entry[2..])), "{entry}");
        }
    }
}

#[test]
fn the_language_of_the_job_is_shown_first() {
    let mut invented = Invented::new();
    let shown = |page: &str| page.find(" checked>").unwrap();
    let page = written(&invented);
    assert!(page.contains("<html lang=\"uk\">"));
    assert!(page[..shown(&page)].ends_with("id=\"show-uk\" class=\"choice\" autocomplete=\"off\""));
    invented.job.report.lang = Lang::En;
    let page = written(&invented);
    assert!(page.contains("<html lang=\"en\">"));
    assert!(page[..shown(&page)].ends_with("id=\"show-en\" class=\"choice\" autocomplete=\"off\""));
    assert_eq!(page.matches(" checked>").count(), 1);
}

/// `children.parquet` and `links.parquet`, as a reader of the page has them.
struct Files {
    children: Vec<RecordBatch>,
    /// (child, register) → an accepted link.
    links: BTreeMap<(String, String), bool>,
}

impl Files {
    fn read(folder: &Path) -> Self {
        let mut links = BTreeMap::new();
        for batch in batches(&folder.join("links.parquet")) {
            let rows = column(&batch, "child").into_iter().zip(column(&batch, "registry"));
            for ((child, registry), decision) in rows.zip(column(&batch, "decision")) {
                if let (Some(child), Some(registry)) = (child, registry) {
                    *links.entry((child, registry)).or_insert(false) |=
                        decision.as_deref() == Some("link");
                }
            }
        }
        Self { children: batches(&folder.join("children.parquet")), links }
    }

    /// The ids of the children on whom all terms hold.
    fn select(&self, terms: &[Term]) -> Vec<String> {
        let mut ids = Vec::new();
        for batch in &self.children {
            for (row, id) in column(batch, "child").into_iter().enumerate() {
                let id = id.unwrap();
                if terms.iter().all(|term| self.holds(term, batch, row, &id)) {
                    ids.push(id);
                }
            }
        }
        ids
    }

    fn holds(&self, term: &Term, batch: &RecordBatch, row: usize, id: &str) -> bool {
        let named = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("{name}"));
        let text = |name: &str| {
            let values = named(name).as_string::<i32>();
            values.is_valid(row).then(|| values.value(row).to_owned())
        };
        let found = |registry: &str| self.links.get(&(id.to_owned(), registry.to_owned()));
        let all = || self.links.iter().filter(|((child, _), _)| child == id);
        match term {
            Term::Status(statuses) => {
                statuses.iter().any(|status| text("status").as_deref() == Some(status.key()))
            }
            Term::Text(name, value) => text(name) == *value,
            Term::Known(name, known) => named(name).is_valid(row) == *known,
            Term::Flag(name, flag) => named(name).as_boolean().value(row) == *flag,
            Term::Age(band) => {
                let ages = named("age").as_primitive::<UInt8Type>();
                match band {
                    None => ages.is_null(row),
                    Some((low, high)) => {
                        ages.is_valid(row) && (*low..=*high).contains(&ages.value(row))
                    }
                }
            }
            Term::Tier(tier) => text("tier").as_deref() == tier.map(Tier::key),
            Term::Reason(code) => list(batch, "reason_codes", row)
                .iter()
                .any(|held| held.split(':').next() == Some(code.key())),
            Term::Renamed => !list(batch, "former", row).is_empty(),
            Term::Register(name, which) => match which {
                Found::Linked => found(name) == Some(&true),
                Found::Possible => found(name) == Some(&false),
                Found::Nothing => found(name).is_none(),
            },
            Term::Trace(trace) => {
                let accepted = all().filter(|(_, accepted)| **accepted).count();
                match trace {
                    Trace::Several => accepted > 1,
                    Trace::One => accepted == 1,
                    Trace::Possible => accepted == 0 && all().count() > 0,
                    Trace::Nothing => all().count() == 0,
                }
            }
        }
    }
}

/// What stands behind a figure is what the files hold under the condition that is named.
#[test]
fn the_rows_behind_every_figure_are_those_of_the_files() {
    for invented in [Invented::new(), crowd(700, 30)] {
        let out = invented.home.path().join("out");
        let run = invented.run();
        write(&run, &out).unwrap();
        let files = Files::read(&out);
        let (tally, list) = (Tally::of(&run), Candidates::collect(&run).unwrap());
        let body = body(&run, &tally, &list, &Facts::of(&run), Lang::En);
        assert!(body.rows.len() > 40);
        let mut named = 0;
        for entry in &body.rows {
            let found = files.select(&entry.terms);
            let count = words::children(found.len() as u64, Lang::En);
            assert_eq!(entry.count, count, "{}: {}", entry.key, entry.sql());
            if found.len() <= figure::IDS_SHOWN {
                assert_eq!(entry.ids, found, "{}", entry.key);
                named += 1;
            } else {
                assert!(entry.ids.is_empty(), "{}", entry.key);
            }
        }
        assert!(named > 10);
    }
}

#[test]
fn what_a_label_holds_cannot_leave_its_place() {
    let page = written(&crowd(300, 5));
    assert!(page.contains("region = &#39;пів&#39;&#39;їв &#34;о&#39;&#39;бласть&#34;&#39;"));
    assert!(!page.contains("\"о'бласть\""));
}

#[test]
fn a_group_that_fares_worse_is_marked() {
    let mut invented = crowd(2_000, 10);
    let confirmed = invented.children.iter().find(|c| c.status == Status::Confirmed).unwrap();
    let confirmed = confirmed.clone();
    for (child, traits) in invented.children.iter_mut().zip(&invented.traits) {
        let id = child.id.clone();
        if traits.sex == Sex::Female {
            child.status = Status::Unconfirmed;
        } else {
            *child = confirmed.clone();
        }
        child.id = id;
    }
    let page = version(&written(&invented), Lang::En);
    let girls = page.split("<th scope=\"row\">girls</th>").nth(1).unwrap();
    assert!(girls[..girls.find("</tr>").unwrap()].contains("▲ ∞"));
    let boys = page.split("<th scope=\"row\">boys</th>").nth(1).unwrap();
    assert!(!boys[..boys.find("</tr>").unwrap()].contains('▲'));
    assert!(!page.contains("No alarm."));
}

#[test]
fn a_page_of_many_children_stays_small() {
    let invented = crowd(20_000, 1_500);
    let page = written(&invented);
    assert!(page.len() < 1_500_000, "{}", page.len());
    // What is cut says so.
    assert!(version(&page, Lang::En).contains("Shown are 40 of 1,500"));
}

#[test]
fn a_page_of_nothing_is_a_page() {
    let mut invented = Invented::new();
    invented.children.clear();
    invented.traits.clear();
    invented.links.clear();
    let page = written(&invented);
    for lang in Lang::ALL {
        let version = version(&page, lang);
        assert!(!version.contains("NaN") && !version.contains("inf"), "{lang:?}");
        assert!(version.contains(texts(lang).list_empty));
    }
}

/// The page says of which day it speaks, and speaks of evidence, not of children's fates.
#[test]
fn the_headline_speaks_of_evidence() {
    let mut invented = Invented::new();
    invented.job.as_of = date(2023, 7, 5);
    let page = written(&invented);
    let en = version(&page, Lang::En);
    assert!(en.contains(
        "As of 2023-07-05, the supplied extracts do not confirm these children: no confirming \
         evidence was found"
    ));
    assert!(
        version(&page, Lang::Uk).contains("Станом на 05.07.2023 у наданих витягах не знайдено")
    );
}
