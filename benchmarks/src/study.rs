use crate::options::usage;
use crate::report::UNIT_OF_TIMES;
use crate::stop;
use crate::{Effort, Options, Parameter, Report, Setting, Stopped, of_crates, of_program};
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why there is no report, in one line.
pub type Failure = Box<dyn Error + Send + Sync>;

/// An experiment that anybody can repeat.
#[derive(Clone, Copy, Debug)]
pub struct Study {
    /// The name by which it is run.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What it asks, in a sentence.
    pub question: &'static str,
    /// What was published before, to compare with.
    pub finding: &'static str,
    /// How thoroughly it measures: in full, and for a try.
    pub efforts: [Effort; 2],
    /// The numbers that it can be told.
    pub parameters: &'static [Parameter],
    /// The programs that it starts, and how each is asked for its version.
    pub programs: &'static [(&'static str, &'static str)],
    /// The crates that matter for what it measures.
    pub crates: &'static [&'static str],
    /// The `Cargo.lock` that it was built with.
    pub lock: &'static str,
    /// Measures, and adds what it finds to the report.
    pub run: fn(&Options, &mut Report) -> Result<(), Failure>,
}

impl Study {
    /// Runs the one of these studies that the command line names, with the options behind the name, shows its
    /// report and writes it. Without a name it shows which there are, and `others`, which are programs of their own, with
    /// what they ask.
    #[must_use]
    pub fn main(studies: &[Self], others: &[(&str, &str)], words: &[String]) -> ExitCode {
        let Some((name, words)) = words.split_first().filter(|(word, _)| !is_for_help(word)) else {
            return done(show(&list(studies, others)));
        };
        if let Some(study) = studies.iter().find(|study| study.name == name) {
            return done(study.answer(words));
        }
        let why = match others.iter().any(|(other, _)| other == name) {
            true => format!("{name} is a program of its own: run it by `cargo xtask study {name}`"),
            false => {
                format!(
                    "there is no study {name}; there are:\n{}",
                    list(studies, others).trim_end()
                )
            }
        };
        done(Err(why.into()))
    }

    fn answer(&self, words: &[String]) -> Result<(), Failure> {
        match words.iter().any(|word| is_for_help(word)) {
            true => show(&self.help()),
            false => self.carry_out(words),
        }
    }

    fn carry_out(&self, words: &[String]) -> Result<(), Failure> {
        let options = Options::read(words, self.efforts, self.parameters)?;
        stop::listen()?;
        let report = self.report(&options, words)?;
        let files = report.write_into(&options.folder)?;
        let [page, json] = [files.page.display(), files.json.display()];
        show(&format!("\n{report}\n{page}\n{json}\n"))
    }

    /// Makes the study and gives its report.
    ///
    /// # Errors
    /// Why it could not be made.
    pub fn report(&self, options: &Options, words: &[String]) -> Result<Report, Failure> {
        let mut setting = Setting::of(self.command(words));
        setting.versions.extend(of_crates(self.lock, self.crates));
        for (program, question) in self.programs {
            setting.versions.push(of_program(program, question)?);
        }
        let mut report = Report {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            question: self.question.to_owned(),
            finding: self.finding.to_owned(),
            parameters: options.told(),
            notes: options.warning().into_iter().chain(Setting::warning()).collect(),
            comparisons: Vec::new(),
            limits: Vec::new(),
            unit_of_times: UNIT_OF_TIMES.to_owned(),
            sections: Vec::new(),
            setting,
        };
        (self.run)(options, &mut report)?;
        report.sections.retain(|section| !section.rows.is_empty());
        if report.sections.is_empty() {
            return Err(options.nobody().into());
        }
        Ok(report)
    }

    fn command(&self, words: &[String]) -> String {
        let words = words.iter().map(String::as_str);
        // No command line has the one thing that cannot be quoted, a NUL.
        let quoted = shlex::try_join([self.name].into_iter().chain(words)).unwrap_or_default();
        format!("cargo xtask study {quoted}")
    }

    fn help(&self) -> String {
        let Self { name, question, finding, .. } = self;
        let published =
            if finding.is_empty() { String::new() } else { format!("Published: {finding}\n") };
        format!("{name}: {question}\n{published}{}\n", usage(self.parameters))
    }
}

fn is_for_help(word: &str) -> bool {
    ["--help", "-h", "help"].contains(&word)
}

fn list(studies: &[Study], others: &[(&str, &str)]) -> String {
    let studies = studies.iter().map(|study| (study.name, study.question));
    let all: Vec<(&str, &str)> = studies.chain(others.iter().copied()).collect();
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    all.iter().map(|(name, question)| format!("{name:width$}  {question}\n")).collect()
}

fn done(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // An interrupt at a terminal ends the servers too: what fails for lack of them is no news.
        Err(_) if stop::request().is_made() => {
            let _ = writeln!(io::stderr(), "study: {Stopped}");
            ExitCode::from(stop::EXIT_CODE)
        }
        Err(failure) => {
            // Nobody is left to tell where even this fails.
            let _ = writeln!(io::stderr(), "study: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn show(text: &str) -> Result<(), Failure> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Measured;

    const STUDY: Study = Study {
        name: "sample",
        title: "A sample",
        question: "Does it work?",
        finding: "It did.",
        efforts: [Effort::FULL, Effort::QUICK],
        parameters: &[],
        programs: &[],
        crates: &["cache-memoize"],
        lock: "[[package]]\nname = \"cache-memoize\"\nversion = \"0.1.0\"\n",
        run: |options, report| {
            let mut measured = Measured::default();
            if options.is_wanted("candidate") {
                measured.push("candidate", vec![1.0]);
            }
            report.sections.push(measured.section("all"));
            report.sections.push(Measured::default().section("of whom nobody is wanted"));
            Ok(())
        },
    };

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn report(line: &str) -> Result<Report, Failure> {
        let words = words(line);
        let options = Options::read(&words, STUDY.efforts, STUDY.parameters)?;
        STUDY.report(&options, &words)
    }

    #[test]
    fn a_report_tells_the_exact_command_and_the_versions() {
        let report = report("--quick --only cand").unwrap();
        assert_eq!(report.setting.command, "cargo xtask study sample --quick --only cand");
        let version = ("cache-memoize".to_owned(), "0.1.0".to_owned());
        assert!(report.setting.versions.contains(&version));
    }

    #[test]
    fn a_try_says_that_it_is_one() {
        let says_so = |line| report(line).unwrap().notes.iter().any(|note| note.contains("a try"));
        assert!(says_so("--quick"));
        assert!(!says_so("--rounds 1"));
    }

    #[test]
    fn the_command_can_be_pasted_into_a_shell() {
        let words = ["--only", "u64 -> u64"].map(str::to_owned);
        assert_eq!(STUDY.command(&words), "cargo xtask study sample --only 'u64 -> u64'");
    }

    #[test]
    fn nobody_to_measure_is_a_mistake() {
        let failure = report("--only another").unwrap_err();
        let told = "no name has \"another\" in it; there are:\n  candidate";
        assert_eq!(failure.to_string(), told);
    }

    #[test]
    fn a_section_without_anybody_is_not_shown() {
        let sections = report("--only CAND").unwrap().sections;
        assert_eq!(sections.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["all"]);
    }

    #[test]
    fn studies_are_listed_with_what_they_ask() {
        let others = [("another", "And that?")];
        assert_eq!(list(&[STUDY], &others), "sample   Does it work?\nanother  And that?\n");
    }
}
