//! A verification in Ukrainian and English.

use std::fmt::Write as _;

use super::{Again, Checked, Difference, State, Verification};
use crate::report::words::{self, Lang};

/// Width of the first column.
const LABEL: usize = 10;

/// All that was found, line by line, and at the end whether everything holds.
pub(super) fn of(found: &Verification, lang: Lang) -> String {
    let mut page = Page { lang, text: String::new(), hints: Vec::new() };
    let (name, day) = (&found.name, words::date(found.as_of, lang));
    page.line(format!("Звірка «{name}» станом на {day}"), format!("Run “{name}” as of {day}"));
    seal(&mut page, found);
    files(&mut page, found);
    inputs(&mut page, found);
    program(&mut page, found);
    again(&mut page, found);
    page.end(found);
    page.text
}

struct Page {
    lang: Lang,
    text: String,
    hints: Vec<&'static str>,
}

impl Page {
    fn of<T>(&self, uk: T, en: T) -> T {
        match self.lang {
            Lang::Uk => uk,
            Lang::En => en,
        }
    }

    fn line(&mut self, uk: String, en: String) {
        let line = self.of(uk, en);
        let _ = writeln!(self.text, "{line}");
    }

    /// One of the questions, and its answer.
    fn answer(&mut self, label: (&str, &str), text: &str) {
        let label = self.of(label.0, label.1);
        let _ = writeln!(self.text, "  {label:LABEL$} {text}");
    }

    /// What does not hold.
    fn fault(&mut self, text: &str) {
        let _ = writeln!(self.text, "  {:LABEL$} ! {text}", "");
    }

    /// What to do about it, told once.
    fn hint(&mut self, uk: &'static str, en: &'static str) {
        let hint = self.of(uk, en);
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }

    fn count(&self, n: usize) -> String {
        words::count(n as u64, self.lang)
    }

    fn end(&mut self, found: &Verification) {
        let last = match found.again {
            _ if !found.holds => self.of("Підтверджено не все.", "Not everything holds."),
            // No more is said than was looked at.
            Again::NotAsked => self.of("Хеші збігаються.", "The hashes hold."),
            _ if found.program.same == Some(true) => {
                self.of("Усе підтверджено.", "Everything holds.")
            }
            _ => self.of(
                "Усе підтверджено, хоч і не тією збіркою програми, яка робила звірку.",
                "Everything holds, though by another build than the one that made the run.",
            ),
        };
        let _ = writeln!(self.text, "{last}");
        for hint in &self.hints {
            let _ = writeln!(self.text, "  hint: {hint}");
        }
    }
}

fn seal(page: &mut Page, found: &Verification) {
    let seal = &found.seal;
    let label = ("печатка", "seal");
    if seal.intact {
        let holds = page.of("ціла", "whole");
        page.answer(label, &format!("{holds}: {}", seal.computed));
    } else if seal.stated.is_none() {
        page.answer(label, page.of("її немає", "there is none"));
        page.fault(page.of(
            "manifest.json не має печатки, тож правок у ньому не видно",
            "manifest.json bears no seal, so that an edit of it would not show",
        ));
    } else {
        page.answer(label, page.of("зламана", "broken"));
        page.fault(
            page.of(
                "manifest.json змінено після звірки",
                "manifest.json was changed after the run",
            ),
        );
    }
    if seal.as_noted == Some(false) {
        page.fault(page.of(
            "це не та печатка, яку записано: маніфест інший",
            "it is not the seal that was noted: the manifest is another",
        ));
    } else if seal.as_noted == Some(true) {
        page.answer(("", ""), page.of("така сама, як записано", "the same as noted"));
    }
    if !seal.intact || seal.as_noted == Some(false) {
        page.hint(
            "візьміть теку з надійної копії або запустіть завдання ще раз: zvirka run JOB",
            "take the folder from a copy that you trust, or run the job again: zvirka run JOB",
        );
    }
}

fn state(page: &Page, state: State) -> &'static str {
    match state {
        State::Same => page.of("без змін", "as it was"),
        State::Changed => page.of("змінено", "changed"),
        State::Missing => page.of("немає", "missing"),
        State::Unreadable => page.of("не читається", "cannot be read"),
        State::Unknown => {
            page.of("маніфест не знає такого файла", "the manifest knows no such file")
        }
    }
}

fn faults<'a>(
    page: &mut Page,
    files: impl Iterator<Item = (Option<&'a str>, &'a Checked)>,
) -> bool {
    let mut any = false;
    for (source, checked) in files.filter(|(_, checked)| !checked.is_same()) {
        let source = source.map_or_else(String::new, |source| format!("{source}: "));
        page.fault(&format!("{source}{}: {}", checked.file, state(page, checked.state)));
        any = true;
    }
    any
}

fn files(page: &mut Page, found: &Verification) {
    let same = found.files.iter().filter(|file| file.is_same()).count();
    let (same, all) = (page.count(same), page.count(found.files.len()));
    page.answer(
        ("файли", "files"),
        &page.of(
            format!("{same} з {all} такі, як каже маніфест"),
            format!("{same} of {all} are as the manifest says"),
        ),
    );
    if faults(page, found.files.iter().map(|file| (None, file))) {
        page.hint(
            "візьміть теку з надійної копії або запустіть завдання ще раз: zvirka run JOB",
            "take the folder from a copy that you trust, or run the job again: zvirka run JOB",
        );
    }
    if !found.others.is_empty() {
        let others = found.others.join(", ");
        page.answer(
            ("інше", "others"),
            &page.of(
                format!("поклали люди, звірка не знає: {others}"),
                format!("laid there by people, unknown to the run: {others}"),
            ),
        );
    }
}

fn inputs(page: &mut Page, found: &Verification) {
    let inputs = &found.inputs;
    match &inputs.job {
        None => {
            let where_it_was = page.of("невідомо, де воно", "nobody knows where it is");
            page.answer(("завдання", "job"), where_it_was);
            page.fault(page.of(
                "timings.json не каже, де файл завдання",
                "timings.json does not say where the job file is",
            ));
            page.hint("назвіть файл завдання: --job JOB", "name the job file: --job JOB");
            return;
        }
        Some(job) => {
            let text = format!("{}: {}", job.file, state(page, job.state));
            if job.is_same() {
                page.answer(("завдання", "job"), &text);
            } else {
                page.answer(("завдання", "job"), page.of("інше", "another"));
                page.fault(&text);
                page.hint(
                    "покладіть завдання і вхідні файли, як були, або назвіть завдання: --job JOB",
                    "put the job and the inputs back as they were, or name the job: --job JOB",
                );
            }
        }
    }
    for problem in &inputs.problems {
        page.fault(problem);
    }
    let same = inputs.inputs.iter().filter(|input| input.file.is_same()).count();
    let (same, all) = (page.count(same), page.count(inputs.inputs.len()));
    page.answer(
        ("вхідні", "inputs"),
        &page.of(format!("{same} з {all} без змін"), format!("{same} of {all} are as they were")),
    );
    let files = inputs.inputs.iter().map(|input| (Some(input.source.as_str()), &input.file));
    let given = [
        ("--model", &inputs.model),
        ("--labels", &inputs.labels),
        ("--previous", &inputs.previous),
    ];
    for (name, given) in given {
        if let Some(file) = given.as_ref().filter(|file| file.is_same()) {
            let text = format!("{name} {}: {}", file.file, state(page, file.state));
            page.answer(("", ""), &text);
        }
    }
    let given = given.into_iter().filter_map(|(name, file)| Some((Some(name), file.as_ref()?)));
    if faults(page, files.chain(given)) {
        page.hint(
            "покладіть завдання і вхідні файли, як були, або назвіть завдання: --job JOB",
            "put the job and the inputs back as they were, or name the job: --job JOB",
        );
    }
}

fn program(page: &mut Page, found: &Verification) {
    let (made_by, this) = (found.program.made_by.as_deref().unwrap_or("?"), found.program.this);
    let text = match found.program.same {
        Some(true) => page.of(
            format!("саме ця, zvirka {this}"),
            format!("this very one, zvirka {this}"),
        ),
        Some(false) => page.of(
            format!("звірку зробила інша збірка (zvirka {made_by}); ця – zvirka {this}"),
            format!("another build made the run (zvirka {made_by}); this one is zvirka {this}"),
        ),
        None => page.of(
            format!("невідомо, чи саме ця: звірку зробила zvirka {made_by}, перевіряє zvirka {this}"),
            format!("nobody knows whether this one: zvirka {made_by} made the run, zvirka {this} looks at it"),
        ),
    };
    page.answer(("програма", "program"), &text);
}

fn again(page: &mut Page, found: &Verification) {
    let label = ("повтор", "again");
    match &found.again {
        Again::NotAsked => page.answer(
            label,
            page.of(
                "не запускали (--quick): чи випливають результати з даних, не перевірено",
                "not run (--quick): whether the results follow from the inputs is not proved",
            ),
        ),
        Again::NotPossible => page.answer(
            label,
            page.of(
                "не запускали: завдання чи вхідні файли вже не ті",
                "not run: the job or the inputs are not what they were",
            ),
        ),
        Again::Failed { reason } => {
            page.answer(label, page.of("не вдався", "failed"));
            page.fault(reason);
            page.hint(
                "усуньте причину або перевірте лише хеші: --quick",
                "remove the cause, or check the hashes alone: --quick",
            );
        }
        Again::Done { files, differences } => {
            let (same, all) = (page.count(files - differences.len()), page.count(*files));
            let mut text = page.of(
                format!("{same} з {all} файлів вийшли такі самі, байт у байт"),
                format!("{same} of {all} files came out the same, byte for byte"),
            );
            if found.program.same != Some(true) {
                text.push_str(
                    page.of(" (хеш програми не враховано)", " (the program’s own hash aside)"),
                );
            }
            page.answer(label, &text);
            for difference in differences {
                let text = describe(page, difference);
                page.fault(&text);
            }
            if differences.iter().any(|difference| difference.as_in_manifest) {
                page.hint(
                    "звірка та сама, а файли в теці змінено: запустіть завдання ще раз",
                    "the run is the same, and files in the folder were changed: run the job again",
                );
            }
            if differences.iter().any(|difference| !difference.as_in_manifest) {
                page.hint(
                    "з цих даних виходить інше: запустіть завдання ще раз і порівняйте теки",
                    "from these inputs something else follows: run the job again, and compare the folders",
                );
            }
        }
    }
}

/// What differs, by place and number.
fn describe(page: &Page, difference: &Difference) -> String {
    let mut parts = vec![state(page, difference.state).to_owned()];
    if let Some(place) = difference.first_byte {
        let place = words::count(place, page.lang);
        parts.push(page.of(format!("з байта {place}"), format!("from byte {place} on")));
    }
    if let Some(key) = &difference.key {
        parts.push(page.of(format!("ключ {key}"), format!("key {key}")));
    }
    if let Some(rows) = difference.rows {
        let rows = words::count(rows, page.lang);
        parts.push(page.of(format!("різних рядків {rows}"), format!("rows that differ: {rows}")));
    }
    if difference.as_in_manifest {
        parts.push(
            page.of("повтор дав те, що в маніфесті", "again it is as the manifest says").to_owned(),
        );
    }
    format!("{}: {}", difference.file, parts.join("; "))
}
