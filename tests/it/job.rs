//! Wrong jobs: exit code 2, and every mistake told with its line and remedy.

use std::path::Path;

use crate::cli::{shown, zvirka};

const HEAD: &str = "[job]\nas_of = 2023-07-05\nevidence_since = 2022-02-24\n";
const PUPILS: &str = "[[population]]\nname = \"pupils\"\npath = \"pupils.csv\"\n[population.columns]\n\
    surname = \"Прізвище\"\ngiven_name = \"Ім'я\"\nbirth_date = \"Дата народження\"\n";
const HEALTH: &str = "[[registry]]\nname = \"health\"\npath = \"health.csv\"\n[registry.columns]\n\
    surname = \"last_name\"\ngiven_name = \"first_name\"\nbirth_date = \"birth_date\"\n\
    [registry.evidence]\nkind = \"present\"\ndate = \"last_visit\"\n";

/// A folder with two small lists of nobody.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("pupils.csv", "Прізвище;Ім'я;Дата народження;Стать\nПробенко;Марія;01.02.2012;ж\n");
    write(
        "health.csv",
        "last_name;first_name;birth_date;last_visit;kind\nПробенко;Марія;2012-02-01;2023-01-05;x\n",
    );
    write("health.tsv", "last_name\tfirst_name\nПробенко\tМарія\n");
    folder
}

/// What `zvirka run job.toml` in `folder` says; without the folder's own name.
fn told(folder: &Path, job: &[u8]) -> String {
    std::fs::write(folder.join("job.toml"), job).unwrap();
    shown(zvirka().current_dir(folder).args(["run", "job.toml"]))
}

#[test]
fn wrong_jobs_are_exit_2_and_told_in_full() {
    let folder = folder();
    let whole = format!("{HEAD}{PUPILS}{HEALTH}");
    let without = |line: &str| whole.replace(&format!("{line}\n"), "");
    let with = |old: &str, new: &str| {
        assert!(whole.contains(old), "{old}");
        whole.replacen(old, new, 1)
    };
    let jobs: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("no_value", with("as_of = 2023-07-05", "as_of =")),
        ("bare_cyrillic_key", with("surname = \"Прізвище\"", "Прізвище = \"surname\"")),
        ("backslashes", with("\"health.csv\"", "\"C:\\data\\health.csv\"")),
        ("curly_quotes", with("\"health.csv\"", "“health.csv”")),
        ("same_key_twice", with("name = \"health\"", "name = \"health\"\nname = \"other\"")),
        ("no_dates", without("as_of = 2023-07-05").replace("evidence_since = 2022-02-24\n", "")),
        ("quoted_date", with("2023-07-05", "\"2023-07-05\"")),
        ("no_such_day", with("2023-07-05", "2023-06-31")),
        ("dates_crossed", with("evidence_since = 2022-02-24", "evidence_since = 2024-02-24")),
        ("no_population", format!("{HEAD}{HEALTH}")),
        ("single_brackets", with("[[population]]", "[population]")),
        ("unknown_keys", with("[job]", "[jop]\nx = 1\n[job]\nas_off = 2023-07-05")),
        ("missing_file", with("health.csv", "heath.csv")),
        ("empty_pattern", with("\"health.csv\"", "\"health-*.csv\"")),
        ("directory", with("\"health.csv\"", "\"../\"")),
        ("no_name_no_path", without("name = \"health\"").replace("path = \"health.csv\"\n", "")),
        ("name_twice", with("name = \"health\"", "name = \"Pupils\"")),
        ("file_twice", with("\"health.csv\"", "\"pupils.csv\"")),
        (
            "unknown_format",
            with("path = \"health.csv\"", "path = \"health.csv\"\nformat = \"json\""),
        ),
        ("two_formats", with("\"health.csv\"", "[\"health.csv\", \"health.tsv\"]")),
        (
            "unknown_encoding",
            with("path = \"health.csv\"", "path = \"health.csv\"\nencoding = \"cp1521\""),
        ),
        (
            "long_delimiter",
            with("path = \"health.csv\"", "path = \"health.csv\"\ndelimiter = \"; \""),
        ),
        (
            "unknown_profile",
            with("path = \"health.csv\"", "path = \"health.csv\"\nprofile = \"e-health\""),
        ),
        (
            "profile_of_the_other_role",
            with("path = \"health.csv\"", "path = \"health.csv\"\nprofile = \"aikom\""),
        ),
        ("unknown_field", with("surname = \"last_name\"", "sirname = \"last_name\"")),
        ("unknown_heading", with("\"last_name\"", "\"lastname\"")),
        ("unknown_heading_far", with("\"last_name\"", "\"Фамилия\"")),
        ("heading_twice", with("\"first_name\"", "\"last_name\"")),
        ("unknown_kind", with("\"present\"", "\"presence\"")),
        ("two_kinds", with("kind = \"present\"", "kind = \"present\"\nkind_column = \"kind\"")),
        ("kind_column_without_kinds", with("kind = \"present\"", "kind_column = \"kind\"")),
        ("kinds_without_kind_column", with("kind = \"present\"", "kinds = { a = \"present\" }")),
        ("no_kind", without("kind = \"present\"")),
        (
            "wrong_kinds",
            with(
                "kind = \"present\"",
                "kind_column = \"kind\"\nkinds = { A = \"present\", a = \"abroad\", b = \"gone\" }",
            ),
        ),
        ("unknown_evidence_date", with("\"last_visit\"", "\"lastvisit\"")),
        (
            "nameless_children",
            without("surname = \"Прізвище\"").replace("given_name = \"Ім'я\"\n", ""),
        ),
        (
            "only_a_birth_date",
            without("surname = \"last_name\"").replace("given_name = \"first_name\"\n", ""),
        ),
        (
            "nothing_in_common",
            without("surname = \"last_name\"")
                .replace("given_name = \"first_name\"", "rnokpp = \"first_name\""),
        ),
        ("output_over_inputs", with("[job]", "[job]\noutput = \".\"")),
        ("output_in_input", with("[job]", "[job]\noutput = \"health.csv/out\"")),
        (
            "negative_costs",
            with("[job]", "[decision]\nhidden_child_cost = -5\nreview_capacity = -1\n[job]"),
        ),
        ("wild_share", with("[job]", "[job]\nmax_rejected_share = 5")),
        (
            "wrong_scope",
            with(
                "[registry.evidence]",
                "[registry.scope]\nregions = 5\nborn_from = 20100\nborn_to = 2004\n[registry.evidence]",
            ),
        ),
    ];
    let mut all = Vec::new();
    for (name, job) in jobs {
        let told = told(folder.path(), job.as_bytes());
        assert!(told.starts_with("exit: 2\n"), "{name}: {told}");
        assert!(told.contains("hint: "), "{name}: {told}");
        assert!(!told.contains("Пробенко"), "{name} tells a child's name");
        let told = told.trim_start_matches("exit: 2\n--- stdout\n--- stderr\n");
        all.push(format!("=== {name}\n{told}\n"));
    }
    insta::assert_snapshot!(all.concat());
}

#[test]
fn job_files_that_are_no_text_are_told() {
    let folder = folder();
    let utf16: Vec<u8> = HEAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let windows = [HEAD.as_bytes(), b"# \xcf\xf0\xe8"].concat();
    let mut all = Vec::new();
    for (name, bytes) in [
        ("utf-16", [b"\xff\xfe".to_vec(), utf16].concat()),
        ("windows-1251", windows),
        ("binary", b"PK\x03\x04\0\0".to_vec()),
        ("long", vec![b'#'; (1 << 20) + 1]),
    ] {
        all.push(format!("=== {name}\n{}", told(folder.path(), &bytes)));
    }
    for job in ["nowhere.toml", "."] {
        let told = shown(zvirka().current_dir(folder.path()).args(["run", job]));
        all.push(format!("=== {job}\n{told}"));
    }
    let all = all.concat();
    assert_eq!(all.matches("exit: 2").count(), 6, "{all}");
    insta::assert_snapshot!(all);
}

#[test]
fn a_mark_of_bytes_and_windows_line_ends_are_no_mistake() {
    let folder = folder();
    let job = format!("\u{feff}{HEAD}{PUPILS}{HEALTH}").replace('\n', "\r\n");
    let told = told(folder.path(), job.as_bytes());
    assert!(!told.starts_with("exit: 2"), "{told}");
}

#[test]
fn an_out_option_over_the_inputs_is_refused() {
    let folder = folder();
    std::fs::write(folder.path().join("job.toml"), format!("{HEAD}{PUPILS}{HEALTH}")).unwrap();
    for out in [".", "pupils.csv", "../"] {
        let mut command = zvirka();
        command.current_dir(folder.path()).args(["run", "job.toml", "--out", out]);
        let told = shown(&mut command);
        assert!(told.starts_with("exit: 2"), "{out}: {told}");
        assert!(told.contains("hint: "), "{told}");
    }
    assert!(folder.path().join("pupils.csv").is_file());
}

#[test]
fn quiet_leaves_out_warnings_but_no_error() {
    let folder = folder();
    let job = format!("{HEAD}{PUPILS}[decision]\nhidden_child_cost = -1\n");
    std::fs::write(folder.path().join("job.toml"), job).unwrap();
    let loud = shown(zvirka().current_dir(folder.path()).args(["run", "job.toml"]));
    let quiet = shown(zvirka().current_dir(folder.path()).args(["run", "job.toml", "-q"]));
    assert!(loud.contains("warning: ") && loud.contains("error: "), "{loud}");
    assert!(!quiet.contains("warning: ") && quiet.contains("error: "), "{quiet}");
}
