//! `zvirka init`: what it writes, and what it never overwrites.

use crate::cli::{shown, zvirka};

const PUPILS: &str = "Прізвище;Ім'я;По батькові;Дата народження;Клас;Оновлено\n\
    Пробенко;Марія;Тестівна;01.02.2012;5;2023-06-20\nЗразко;Іван;Тестович;03.04.2010;7;2023-06-30\n";
const BORDER: &str = "SURNAME,GIVEN_NAME,DOB,CROSSED,DIRECTION\n\
    PROBENKO,MARIIA,2012-02-01,2022-03-05,OUT\nPROBENKO,MARIIA,2012-02-01,2023-05-05,IN\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/учні.csv"), PUPILS).unwrap();
    std::fs::write(folder.path().join("data/border.csv"), BORDER).unwrap();
    folder
}

#[test]
fn a_job_is_written_beside_its_schema_and_never_overwritten() {
    let folder = folder();
    let init = |more: &[&str]| {
        let mut command = zvirka();
        command.current_dir(folder.path()).args(["init", "data/учні.csv", "data/border.csv"]);
        command.args(more);
        command
    };
    let told = shown(&mut init(&[]));
    assert!(told.starts_with("exit: 0\n"), "{told}");
    assert!(!told.contains("Пробенко"), "values are not told");
    let job = std::fs::read_to_string(folder.path().join("job.toml")).unwrap();
    assert!(job.starts_with("#:schema ./zvirka-job.schema.json\n"));
    assert!(job.contains("path = \"data/border.csv\""), "{job}");
    assert!(!job.contains("Пробенко") && !job.contains("PROBENKO"), "values are not written");
    let schema = std::fs::read_to_string(folder.path().join("zvirka-job.schema.json")).unwrap();
    assert!(schema.contains("hidden_child_cost"));

    let again = shown(&mut init(&[]));
    assert!(again.starts_with("exit: 2\n") && again.contains("--force"), "{again}");
    std::fs::write(folder.path().join("job.toml"), "mine").unwrap();
    assert!(shown(&mut init(&["--force"])).starts_with("exit: 0\n"));
    assert_eq!(std::fs::read_to_string(folder.path().join("job.toml")).unwrap(), job);

    // What was written is a job: it is refused for nothing.
    let run = shown(zvirka().current_dir(folder.path()).args(["run", "job.toml"]));
    assert!(!run.starts_with("exit: 2"), "{run}");
}

#[test]
fn a_dash_writes_to_the_terminal_only() {
    let folder = folder();
    let mut command = zvirka();
    command.current_dir(folder.path()).args(["init", "data/учні.csv", "-o", "-"]);
    let told = shown(&mut command);
    assert!(told.contains("--- stdout\n#:schema"), "{told}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn every_unreadable_file_is_told_and_nothing_is_written() {
    let folder = folder();
    let mut command = zvirka();
    command.current_dir(folder.path()).args(["init", "a.csv", "b.csv", "data/учні.csv"]);
    let told = shown(&mut command);
    assert!(told.starts_with("exit: 1\n"), "{told}");
    assert_eq!(told.matches("error: ").count(), 2, "{told}");
    assert!(!folder.path().join("job.toml").exists());
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = folder();
    let mut command = zvirka();
    command.current_dir(folder.path()).args(["init", "data/учні.csv", "-o", "no/job.toml"]);
    let told = shown(&mut command);
    assert!(told.starts_with("exit: 1\n") && told.contains("does its folder exist"), "{told}");
}
