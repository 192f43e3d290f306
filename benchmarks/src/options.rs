use crate::Effort;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A number that a study can be told: a parameter always.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name on the command line: `--keys`.
    pub name: &'static str,
    /// What it is unless something else is said.
    pub default: u64,
    /// What it is for a try.
    pub quick: u64,
    /// The least that it may be.
    pub least: u64,
    /// The most that it may be.
    pub most: u64,
    /// What it means.
    pub meaning: &'static str,
}

impl Parameter {
    /// Of something that there is at least one of, and any number else: for what a parameter does not say of itself.
    pub const COUNT: Self =
        Self { name: "", default: 1, quick: 1, least: 1, most: u64::MAX, meaning: "" };

    fn read(&self, word: Option<&String>) -> Result<u64, String> {
        let number = word.and_then(|word| word.parse().ok());
        let fitting = number.filter(|number| (self.least..=self.most).contains(number));
        fitting.ok_or_else(|| format!("{} needs a number{}", self.name, self.range()))
    }

    fn range(&self) -> String {
        match (self.least, self.most) {
            (0, u64::MAX) => String::new(),
            (1, u64::MAX) => " above zero".to_owned(),
            (least, u64::MAX) => format!(" of {least} at least"),
            (least, most) => format!(" from {least} to {most}"),
        }
    }
}

/// What the command line of a study says.
#[derive(Debug)]
pub struct Options {
    /// How thoroughly to measure.
    pub effort: Effort,
    /// A part of the names of those to measure.
    pub only: String,
    /// Where the report is written.
    pub folder: PathBuf,
    is_quick: bool,
    numbers: Vec<(&'static str, u64)>,
    /// The names that were asked about, for those whose `only` is in none of them.
    names: Mutex<Vec<String>>,
}

/// The fewest rounds where only the time was said.
const FEWEST: usize = 5;

impl Options {
    /// Reads the words of a command line, for a study with these `efforts`, in full and for a try, and these
    /// parameters of its own.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(
        words: &[String],
        efforts: [Effort; 2],
        parameters: &[Parameter],
    ) -> Result<Self, String> {
        let is_quick = words.iter().any(|word| word == "--quick");
        let default = |it: &Parameter| (it.name, if is_quick { it.quick } else { it.default });
        let mut options = Self {
            is_quick,
            effort: efforts[usize::from(is_quick)],
            only: String::new(),
            folder: PathBuf::from("target/studies"),
            numbers: parameters.iter().map(default).collect(),
            names: Mutex::default(),
        };
        let (mut rounds, mut time) = (None, None);
        let mut words = words.iter().filter(|word| *word != "--quick");
        while let Some(word) = words.next() {
            let value = words.next();
            let text = || value.ok_or_else(|| format!("{word} needs something behind it"));
            match word.as_str() {
                "--rounds" => {
                    let number = Parameter { name: "--rounds", ..Parameter::COUNT }.read(value)?;
                    rounds = Some(usize::try_from(number).unwrap_or(usize::MAX));
                }
                "--seconds" => {
                    let number = Parameter { name: "--seconds", ..Parameter::COUNT }.read(value)?;
                    time = Some(Duration::from_secs(number));
                }
                "--only" => text()?.clone_into(&mut options.only),
                "--into" => options.folder = PathBuf::from(text()?),
                _ => match parameters.iter().position(|parameter| parameter.name == word) {
                    Some(index) => options.numbers[index].1 = parameters[index].read(value)?,
                    None => return Err(format!("unknown option {word}\n{}", usage(parameters))),
                },
            }
        }
        options.effort = options.effort.asked_for(rounds, time);
        Ok(options)
    }

    /// What a reader of the report is to be warned of.
    pub(crate) fn warning(&self) -> Option<String> {
        self.is_quick
            .then(|| "This is a try: so few rounds tell large differences alone.".to_owned())
    }

    /// What a parameter of the study is.
    ///
    /// # Panics
    /// If the study has no parameter of this name.
    #[must_use]
    pub fn number(&self, name: &str) -> u64 {
        let known = self.numbers.iter().find(|(known, _)| *known == name);
        known.unwrap_or_else(|| panic!("the study declares no parameter {name}")).1
    }

    /// A parameter that counts something.
    ///
    /// # Panics
    /// If the study has no parameter of this name.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).unwrap_or(usize::MAX)
    }

    /// Whether a candidate of this name is to be measured. Upper and lower case are the same.
    #[must_use]
    pub fn is_wanted(&self, name: &str) -> bool {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        name.to_lowercase().contains(&self.only.to_lowercase())
    }

    /// Why nothing was measured, and what there is.
    pub(crate) fn nobody(&self) -> String {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        match self.only.as_str() {
            "" => "there was nothing to measure: see the options".to_owned(),
            only => format!("no name has {only:?} in it; there are:\n  {}", names.join("\n  ")),
        }
    }

    /// All that was said or left as it is, for the report.
    #[must_use]
    pub fn told(&self) -> Vec<(String, String)> {
        let Effort { rounds, time, warm_up, .. } = self.effort;
        let effort = [
            ("rounds at least", rounds.to_string()),
            ("time at least", format!("{} s", time.as_secs())),
            ("rounds thrown away", warm_up.to_string()),
        ];
        let numbers = self.numbers.iter().map(|(name, number)| (*name, number.to_string()));
        let only = (!self.only.is_empty()).then(|| ("--only", self.only.clone()));
        let told = effort.into_iter().chain(numbers).chain(only);
        told.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Effort {
    /// The same, with what was said: so many rounds, or as many as the time allows, or both at least.
    fn asked_for(self, rounds: Option<usize>, time: Option<Duration>) -> Self {
        match (rounds, time) {
            (None, None) => self,
            (None, Some(time)) => Self { rounds: FEWEST, time, ..self },
            (Some(rounds), time) => Self { rounds, time: time.unwrap_or_default(), ..self },
        }
    }

    /// A part of it, for a study whose candidates are measured in so many groups after one another.
    #[must_use]
    pub fn shared(self, groups: usize) -> Self {
        let groups = u32::try_from(groups.max(1)).unwrap_or(u32::MAX);
        Self { time: self.time / groups, ..self }
    }
}

/// The options of a study with these parameters.
pub(crate) fn usage(parameters: &[Parameter]) -> String {
    let mut lines = vec![
        "options: [--quick] [--rounds N] [--seconds S] [--only TEXT] [--into FOLDER]".to_owned(),
    ];
    lines.extend(
        parameters.iter().map(|it| format!("  {} {}: {}", it.name, it.default, it.meaning)),
    );
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Parameter = Parameter {
        name: "--keys",
        default: 100,
        quick: 10,
        meaning: "how many keys",
        ..Parameter::COUNT
    };
    const THREADS: Parameter =
        Parameter { name: "--threads", default: 0, quick: 0, least: 0, ..Parameter::COUNT };
    const HITS: Parameter =
        Parameter { name: "--hits", default: 80, quick: 80, least: 0, most: 100, ..THREADS };
    const LONG: Effort = Effort { time: Duration::from_secs(60), ..Effort::FULL };

    fn read(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words, [LONG, Effort::QUICK], &[KEYS, THREADS, HITS])
    }

    #[test]
    fn what_is_not_said_is_as_the_study_has_it() {
        let options = read("").unwrap();
        assert_eq!(options.effort, LONG);
        assert_eq!(options.number("--keys"), 100);
        assert!(options.is_wanted("anybody"));
        assert_eq!(read("--quick").unwrap().effort, Effort::QUICK);
        assert_eq!(read("--quick").unwrap().number("--keys"), 10);
    }

    #[test]
    fn what_is_said_counts_in_any_order() {
        let options = read("--keys 7 --rounds 3 --only redis --into elsewhere --quick").unwrap();
        assert_eq!((options.effort.rounds, options.effort.time), (3, Duration::ZERO));
        assert_eq!(options.count("--keys"), 7);
        assert!(options.is_wanted("redis, tcp") && !options.is_wanted("memcached"));
        assert_eq!(options.folder, PathBuf::from("elsewhere"));
        assert!(options.told().contains(&("--keys".to_owned(), "7".to_owned())));
    }

    #[test]
    fn names_are_found_in_upper_and_lower_case() {
        let options = read("--only REDIS").unwrap();
        assert!(options.is_wanted("Redis, TCP") && options.is_wanted("redis, unix"));
        assert!(!options.is_wanted("memcached, TCP"));
    }

    #[test]
    fn who_is_in_no_name_is_told_which_there_are_once() {
        let options = read("--only zzz").unwrap();
        for name in ["Redis", "memcached", "Redis"] {
            assert!(!options.is_wanted(name));
        }
        let told = "no name has \"zzz\" in it; there are:\n  Redis\n  memcached";
        assert_eq!(options.nobody(), told);
    }

    #[test]
    fn rounds_and_seconds_are_both_minimums() {
        let effort = |line| read(line).unwrap().effort;
        let seconds = Duration::from_secs;
        assert_eq!(effort("--seconds 9").time, seconds(9));
        assert_eq!(effort("--seconds 9").rounds, FEWEST);
        assert_eq!(effort("--seconds 9 --rounds 2").rounds, 2);
        assert_eq!(effort("--seconds 9").shared(3).time, seconds(3));
    }

    #[test]
    fn every_default_may_be_said_too() {
        let options = read("--keys 100 --threads 0 --hits 80").unwrap();
        let numbers = ["--keys", "--threads", "--hits"].map(|name| options.number(name));
        assert_eq!(numbers, [100, 0, 80]);
    }

    #[test]
    fn a_number_lies_between_the_least_and_the_most() {
        assert!(["--hits 0", "--hits 100"].iter().all(|line| read(line).is_ok()));
        let told = ["--hits 200", "--keys 0", "--threads -1"].map(|line| read(line).unwrap_err());
        let expected = [
            "--hits needs a number from 0 to 100",
            "--keys needs a number above zero",
            "--threads needs a number",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_wrong_is_said_and_what_there_is() {
        assert!(read("--keys").unwrap_err().contains("--keys needs a number above zero"));
        assert!(read("--rounds none").unwrap_err().contains("--rounds needs a number"));
        let unknown = read("--loud 1").unwrap_err();
        assert!(unknown.contains("--loud") && unknown.contains("how many keys"), "{unknown}");
    }
}
