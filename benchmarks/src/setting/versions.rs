use std::process::Command;

/// The commit of the repository that this program was built in, if `git` tells it.
pub(super) fn of_repository() -> Option<(String, String)> {
    let folder = env!("CARGO_MANIFEST_DIR");
    // Of all names that a commit has, its hash, with a word behind it where files were changed since.
    let question = ["-C", folder, "describe", "--always", "--dirty", "--exclude=*"];
    Some(("commit".to_owned(), output("git", &question)?))
}

/// The compiler that built this program, and how.
pub(super) fn of_compiler() -> Vec<(String, String)> {
    let profile = if cfg!(debug_assertions) {
        "debug: these figures say nothing of a program that is built with --release"
    } else {
        "release"
    };
    [("rustc", env!("STUDIES_RUSTC")), ("profile", profile)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// The versions of these crates, out of a `Cargo.lock`. Of several, all.
#[must_use]
pub fn of_crates(lock: &str, names: &[&str]) -> Vec<(String, String)> {
    let versions = names.iter().map(|name| {
        let packages = lock.split("[[package]]");
        let of_this_name = packages.filter(|it| field(it, "name") == Some(name));
        let versions: Vec<&str> = of_this_name.filter_map(|it| field(it, "version")).collect();
        ((*name).to_owned(), versions.join(" and "))
    });
    versions.filter(|(_, version)| !version.is_empty()).collect()
}

fn field<'a>(package: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = package.lines().filter_map(|line| line.split_once(" = "));
    lines.find(|(found, _)| *found == name).map(|(_, value)| value.trim_matches('"'))
}

/// What a program says of its version.
///
/// # Errors
/// The program is not there; what to do is said.
pub fn of_program(program: &str, question: &str) -> Result<(String, String), String> {
    let missing = || {
        format!(
            "{program} does not start: install it, or run the study by `cargo xtask study`, which does"
        )
    };
    let answer = output(program, &[question]).ok_or_else(missing)?;
    Ok((program.to_owned(), answer))
}

/// The first line that a program writes.
pub(super) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    (output.status.success() && !line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"syn\"\nversion = \"2.0.1\"\n\n\
                    [[package]]\nname = \"syn\"\nversion = \"3.0.0\"\n\n\
                    [[package]]\nname = \"serde\"\nversion = \"1.0.228\"\ndependencies = [\n \"syn 2\",\n]\n";
        let found = of_crates(lock, &["serde", "syn", "tokio"]);
        let expected = [("serde", "1.0.228"), ("syn", "2.0.1 and 3.0.0")];
        assert_eq!(found, expected.map(|(name, version)| (name.to_owned(), version.to_owned())));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = of_program("no-such-server", "--version").unwrap_err();
        assert!(error.contains("no-such-server") && !error.contains('\n'), "{error}");
    }
}
