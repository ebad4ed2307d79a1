//! The differences in sentences, in Ukrainian and English. Ids, rows and days; no values of
//! people.

use super::runs::{Runs, SourceChange};
use super::types::{Cause, Difference, Kind, LinkView, Objection, RecordView, What};
use crate::job::Kind as EvidenceKind;
use crate::report::words::{self, Lang};
use crate::resolve::Decision;
use crate::run_folder::Mark;
use crate::verdict::ReasonCode;

/// One of two texts.
pub(super) const fn say<'a>(lang: Lang, uk: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Uk => uk,
        Lang::En => en,
    }
}

/// A kind of change, as a heading.
pub(super) const fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Left => say(lang, "вийшли з переліку", "left the list"),
        Kind::Gone => say(lang, "немає в новому запуску", "gone from the population"),
        Kind::Merged => say(lang, "стали частиною іншої дитини", "merged into another child"),
        Kind::Entered => say(lang, "увійшли до переліку", "entered the list"),
        Kind::New => say(lang, "не було в старому запуску", "new in the population"),
        Kind::Split => say(lang, "відокремилися від іншої дитини", "split from another child"),
        Kind::Status => say(lang, "інший статус, перелік той самий", "another status, same side"),
        Kind::Reasons => say(lang, "інші підстави або ступінь", "other reasons or tier"),
    }
}

/// A kind of change, of one child.
pub(super) const fn kind_of_one(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Left => say(lang, "вийшла з переліку", "left the list"),
        Kind::Gone => say(lang, "немає в новому запуску", "gone from the population"),
        Kind::Merged => say(lang, "стала частиною іншої дитини", "merged into another child"),
        Kind::Entered => say(lang, "увійшла до переліку", "entered the list"),
        Kind::New => say(lang, "не було в старому запуску", "new in the population"),
        Kind::Split => say(lang, "відокремилася від іншої дитини", "split from another child"),
        Kind::Status => say(lang, "інший статус", "another status"),
        Kind::Reasons => say(lang, "інші підстави або ступінь", "other reasons or tier"),
    }
}

/// A cause, as a heading.
pub(super) const fn cause(cause: Cause, lang: Lang) -> &'static str {
    match cause {
        Cause::Data => say(lang, "дані", "data"),
        Cause::Decision => say(lang, "рішення", "decision"),
        Cause::Rule => say(lang, "правило", "rule"),
        Cause::Model => say(lang, "модель", "model"),
        Cause::Program => say(lang, "програма", "program"),
    }
}

/// What a cause means: the rule of attribution, in a sentence.
pub(super) const fn meaning(cause: Cause, lang: Lang) -> &'static str {
    match cause {
        Cause::Data => say(
            lang,
            "шкільний запис дитини або пов’язаний із нею рядок реєстру з’явився, зник чи змінився",
            "a school record of the child, or a register's row linked to it, came, went or changed",
        ),
        Cause::Decision => say(lang, "люди вирішили інакше", "people decided otherwise"),
        Cause::Rule => say(
            lang,
            "рядки ті самі, інші налаштування завдання: дні, докази, охоплення, ціни помилок",
            "the rows are the same, the job's settings are not: days, evidence, scopes, costs",
        ),
        Cause::Model => say(
            lang,
            "рядки ті самі, модель або решта списків оцінює збіг інакше",
            "the rows are the same, the model or the rest of the lists weighs a link otherwise",
        ),
        Cause::Program => {
            say(lang, "інша програма, і більше нічого", "another program, and nothing of the above")
        }
    }
}

/// What the school says beside, as a word.
const fn mark(mark: Mark, lang: Lang) -> &'static str {
    match mark {
        Mark::School => say(lang, "заклад", "school"),
        Mark::Region => say(lang, "область", "region"),
        Mark::Office => say(lang, "орган управління", "office"),
        Mark::Grade => say(lang, "клас", "class"),
        Mark::Displacement => say(lang, "переміщення", "displacement"),
        Mark::ContactLost => say(lang, "втрата контакту", "contact lost"),
    }
}

/// A difference in a sentence.
pub(super) fn difference(difference: &Difference, runs: &Runs, lang: Lang) -> String {
    Teller { runs, lang }.tell(difference)
}

struct Teller<'a> {
    runs: &'a Runs,
    lang: Lang,
}

impl Teller<'_> {
    fn tell(&self, difference: &Difference) -> String {
        let text = self.what(&difference.what, difference.cause);
        if difference.certain {
            return text;
        }
        format!("{text} ({})", self.say("можливо, не доведено", "possible, not proved"))
    }

    const fn say<'a>(&self, uk: &'a str, en: &'a str) -> &'a str {
        say(self.lang, uk, en)
    }

    fn what(&self, what: &What, cause: Cause) -> String {
        let (uk, en): (String, String) = match what {
            What::RecordCame(record) => {
                let (name, note) = (self.record(record), self.came(record.source));
                (
                    format!("шкільного запису {name} не було{note}"),
                    format!("school record {name} came{note}"),
                )
            }
            What::RecordWent(record) => {
                let (name, note) = (self.record(record), self.went(record.source));
                (
                    format!("шкільного запису {name} більше немає{note}"),
                    format!("school record {name} is gone{note}"),
                )
            }
            What::RecordChanged(old, new) => {
                let name = if old.key != new.key {
                    format!("{} → {}", self.record(old), self.record(new))
                } else if old.row != new.row {
                    let word = self.say("рядок", "row");
                    format!("{} ({word} {} → {})", new.key, old.row, new.row)
                } else {
                    self.record(new)
                };
                (format!("шкільний запис {name} змінився"), format!("school record {name} changed"))
            }
            What::RecordUnknown(record) => {
                let (name, list) = (self.record(record), self.runs.name(record.source));
                (
                    format!("список {list} змінився, отже міг змінитися запис {name}"),
                    format!("the list {list} changed, so school record {name} may have"),
                )
            }
            What::RecordJoined(record) => {
                let name = self.record(record);
                (
                    format!("шкільний запис {name} належав іншій дитині"),
                    format!("school record {name} was another child's"),
                )
            }
            What::RecordParted(record) => {
                let name = self.record(record);
                (
                    format!("шкільний запис {name} тепер належить іншій дитині"),
                    format!("school record {name} is another child's now"),
                )
            }
            What::Marks(marks) => {
                let list = |lang| marks.iter().map(|&m| mark(m, lang)).collect::<Vec<_>>();
                (
                    format!("школа змінила: {}", list(Lang::Uk).join(", ")),
                    format!("the school changed: {}", list(Lang::En).join(", ")),
                )
            }
            What::Scope(register, covered) => {
                let name = self.runs.name(*register);
                if *covered {
                    (
                        format!("реєстр {name} за завданням тепер охоплює дитину"),
                        format!("by the job, register {name} covers the child now"),
                    )
                } else {
                    (
                        format!("реєстр {name} за завданням більше не охоплює дитини"),
                        format!("by the job, register {name} no longer covers the child"),
                    )
                }
            }
            What::Settings => {
                let settings = self.settings();
                (
                    format!("інші налаштування завдання: {settings}"),
                    format!("settings of the job differ: {settings}"),
                )
            }
            What::Decisions => {
                ("рішення людей інші".to_owned(), "decisions of people differ".to_owned())
            }
            What::Probabilities(n) => (
                format!("рядки ті самі, ймовірності збігів інші: {n}"),
                format!("the same rows, other probabilities of links: {n}"),
            ),
            What::Others(codes) => {
                let list =
                    |lang| codes.iter().map(|&c| words::reason_code(c, lang)).collect::<Vec<_>>();
                (
                    format!("залежить від інших дітей: {}", list(Lang::Uk).join(", ")),
                    format!("depends on other children: {}", list(Lang::En).join(", ")),
                )
            }
            What::Program => ("інша програма".to_owned(), "another program".to_owned()),
            _ => return self.link(what, cause),
        };
        if self.lang == Lang::Uk { uk } else { en }
    }

    /// Sentences about a register's row.
    fn link(&self, what: &What, cause: Cause) -> String {
        let arrow = |old: String, new: String| format!("{old} → {new}");
        let Some(link) = what.link() else { return String::new() };
        let row = self.row(link);
        let said = match what {
            What::RowCame(link) => format!(
                "{}{}: {}; {}",
                self.row_came(link.registry),
                self.came(link.registry),
                self.evidence(link),
                self.linked(link)
            ),
            What::RowWent(link) => format!(
                "{}{}: {}; {}",
                self.row_went(link.registry),
                self.went(link.registry),
                self.evidence(link),
                self.linked(link)
            ),
            What::RowChanged(old, new) => {
                let judged = if old.decision == new.decision {
                    self.linked(new)
                } else {
                    arrow(self.linked(old), self.linked(new))
                };
                let evidence = if (old.kind, old.date) == (new.kind, new.date) {
                    self.evidence(new)
                } else {
                    arrow(self.evidence(old), self.evidence(new))
                };
                format!("{}: {evidence}; {judged}", self.say("рядок змінився", "the row changed"))
            }
            What::Proves(old, new) => format!(
                "{}: {}",
                self.say(
                    "рядок той самий, а доводить інше",
                    "the same row, which proves something else"
                ),
                arrow(self.evidence(old), self.evidence(new))
            ),
            What::Judged(old, new) => format!(
                "{}: {}",
                self.say("рядок той самий", "the same row"),
                arrow(self.linked(old), self.linked(new))
            ),
            What::Linked(link) => format!(
                "{}: {}; {}",
                self.say(
                    "рядок був, а збіг прийнято чи показано лише тепер",
                    "the row was there, and is linked now"
                ),
                self.evidence(link),
                self.linked(link)
            ),
            What::Unlinked(link) => format!(
                "{}: {}; {} {}",
                self.say("рядок є, а збігу більше немає", "the row is there, and no longer linked"),
                self.evidence(link),
                self.say("було", "was"),
                self.linked(link)
            ),
            What::TwinRisk(_, true) => self
                .say(
                    "запис міг би належати близнюкові, братові чи сестрі",
                    "the record may be a twin's or sibling's now",
                )
                .to_owned(),
            What::TwinRisk(_, false) => self
                .say(
                    "запис більше не пояснюється близнюком, братом чи сестрою",
                    "no twin or sibling explains the record any more",
                )
                .to_owned(),
            What::Counts(link, was, is) => {
                let days = self.days([*was, *is]);
                let (was, is) = (self.objection(*was), self.objection(*is));
                format!("{}: {was} → {is} ({days})", self.evidence(link))
            }
            _ => String::new(),
        };
        let why = match (what, cause) {
            (What::Judged(..) | What::Linked(_) | What::Unlinked(_), Cause::Data) => {
                self.say("; шкільний запис змінився", "; the school record changed")
            }
            (What::Judged(..) | What::Linked(_) | What::Unlinked(_), Cause::Rule) => {
                self.say("; за налаштуваннями завдання", "; by the job's settings")
            }
            _ => "",
        };
        format!("{row}: {said}{why}")
    }

    /// A school record: its key and its row.
    fn record(&self, record: &RecordView) -> String {
        format!("{} ({} {})", record.key, self.say("рядок", "row"), record.row)
    }

    /// A register's row: `ehealth:17 [id]`.
    fn row(&self, link: &LinkView) -> String {
        let id = link.id.as_ref().map_or_else(String::new, |id| format!(" [{id}]"));
        format!("{}:{}{id}", self.runs.name(link.registry), link.row)
    }

    /// What a row proves, and of which day.
    fn evidence(&self, link: &LinkView) -> String {
        let kind = match link.kind {
            None | Some(EvidenceKind::Identity) => {
                return self.say("доводить лише існування", "identity only").to_owned();
            }
            Some(kind) => words::kind(kind, self.lang).to_lowercase(),
        };
        let day = match link.date {
            Some(day) => words::date(day, self.lang),
            None => self.say("без дати", "undated").to_owned(),
        };
        format!("{kind}, {day}")
    }

    /// How a row is linked.
    fn linked(&self, link: &LinkView) -> String {
        let decision = match link.decision {
            Decision::Link => self.say("прийнято", "accepted"),
            Decision::Review => self.say("можливо", "possible"),
        };
        // Whatever is shown must not read as certain.
        let probability = words::percent(link.probability, self.lang);
        format!("{decision}, {probability}")
    }

    fn objection(&self, objection: Objection) -> &'static str {
        match objection {
            None => say(self.lang, "враховується", "counts"),
            Some(ReasonCode::TooOld) => say(self.lang, "застаре", "too old"),
            Some(ReasonCode::InFuture) => say(self.lang, "пізніше за день звірки", "in the future"),
            Some(_) => say(self.lang, "без дати", "undated"),
        }
    }

    /// The days that decide whether evidence counts, where they differ.
    fn days(&self, objections: [Objection; 2]) -> String {
        let decides = |key: &str| match key {
            "evidence_since" => objections.contains(&Some(ReasonCode::TooOld)),
            "as_of" => objections.contains(&Some(ReasonCode::InFuture)),
            _ => false,
        };
        let differ = self.runs.settings.iter().filter(|setting| decides(setting.key));
        let shown = differ.map(|s| format!("{} {} → {}", s.key, s.old, s.new));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The settings that differ.
    fn settings(&self) -> String {
        let all = &self.runs.settings;
        if all.is_empty() {
            return self.say("файл завдання інший", "the job file is another").to_owned();
        }
        let shown = all.iter().map(|s| format!("{} {} → {}", s.key, s.old, s.new));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The folder knows linked rows alone: one that is linked in no child of the other run may
    /// have been there, unless its source was not.
    fn row_came(&self, source: u16) -> &'static str {
        match self.runs.source(source) {
            SourceChange::Added => say(self.lang, "рядок новий", "the row is new"),
            _ => say(self.lang, "рядок новий або досі нічий", "the row is new, or was nobody's"),
        }
    }

    fn row_went(&self, source: u16) -> &'static str {
        match self.runs.source(source) {
            SourceChange::Removed => say(self.lang, "рядка немає", "the row is gone"),
            _ => say(
                self.lang,
                "рядка немає або він тепер нічий",
                "the row is gone, or nobody's now",
            ),
        }
    }

    /// That a source itself is new.
    fn came(&self, source: u16) -> &'static str {
        match self.runs.source(source) {
            SourceChange::Added => {
                say(self.lang, " (джерела не було в старому запуску)", " (its source is new)")
            }
            _ => "",
        }
    }

    /// That a source itself is gone.
    fn went(&self, source: u16) -> &'static str {
        match self.runs.source(source) {
            SourceChange::Removed => {
                say(self.lang, " (джерела немає в новому запуску)", " (its source is gone)")
            }
            _ => "",
        }
    }
}
