//! What the command was asked for. Nothing that was typed is repeated but the names of options and commands: a URL may hold
//! a password.

use crate::list::{Sort, Wanted};
use crate::outcome::Failure;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;

pub(crate) const HELP: &str = "\
Looks into a live store of cache-memoize.

cache-memoize-inspect list       URL [PREFIX] [--function F] [--tag T] [--limit N] [--sort BY]
cache-memoize-inspect explain    URL KEY
cache-memoize-inspect measure    URL [PREFIX]
cache-memoize-inspect invalidate URL [PREFIX] --tag T | --function F | --all
cache-memoize-inspect invalidate URL --key K

  URL          as for Cache::from_url: redis://host, memcached://a,b, ..; or env:NAME for the
               variable that holds it, so that a password is not seen among the processes
  PREFIX       the prefix of the cache, also as --prefix or in the URL. Without it, list and measure
               take all caches, and invalidate takes those that have no prefix
  KEY          as cache_key_f(..) and list print it, with its prefix
  --function   as it stands in keys before the arguments: my_app::users::get
  --tag        user:42
  --limit      how many entries are listed, 50 without it; 0 for all
  --sort       key, age (the oldest first), size (the largest first), left (what ends next first)
  --all        all that caches with this prefix have stored
  --json       one JSON document instead of text
  --help, --version

Ends with 0 when it is done; with 1 if the store failed or cannot do this, or if there is nothing
under the KEY to explain; with 2 if the words are wrong: the command, an option, the URL, or a KEY
that cannot be one.";

/// What was asked for.
pub(crate) enum Asked {
    Command(Arguments),
    Help,
    Version,
}

pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) url: String,
    pub(crate) prefix: Option<String>,
    pub(crate) is_json: bool,
}

pub(crate) enum Command {
    List(Wanted),
    Explain { key: String },
    Measure,
    Invalidate(Target),
}

/// What is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Key(String),
    Tag(String),
    Function(String),
    All,
}

/// How many entries are listed where nothing else is said.
const LISTED: usize = 50;

/// Whether the answer is to be JSON, which is so also for what cannot be understood otherwise.
pub(crate) fn wants_json(mut words: impl Iterator<Item = OsString>) -> bool {
    words.any(|word| word == "--json")
}

pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Asked, Failure> {
    let mut given = Given::default();
    while let Some(argument) = parser.next().map_err(unfit)? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Short('V') | Long("version") => return Ok(Asked::Version),
            Long("json") => given.is_json = true,
            Long("all") => given.all = true,
            Value(word) => given.words.push(text(word)?),
            Long(name) => {
                let Some(option) = OPTIONS.iter().position(|option| *option == name) else {
                    return Err(unknown(&format!("--{name}")));
                };
                let value = text(parser.value().map_err(unfit)?)?;
                if given.options[option].replace(value).is_some() {
                    return Err(usage(format!("`--{}` is there twice", OPTIONS[option])));
                }
            }
            Short(letter) => return Err(unknown(&format!("-{letter}"))),
        }
    }
    given.into_arguments().map(Asked::Command)
}

const OPTIONS: [&str; 6] = ["prefix", "function", "tag", "limit", "sort", "key"];

/// The words and options as they were typed.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    /// By the place of the name.
    options: [Option<String>; OPTIONS.len()],
    all: bool,
    is_json: bool,
}

impl Given {
    fn into_arguments(mut self) -> Result<Arguments, Failure> {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let name = words.next().ok_or_else(|| usage("what is to be done? See --help"))?;
        let url = words.next();
        let last = words.next();
        if words.next().is_some() {
            return Err(usage(format!("`{}` takes a URL and one word more", known(&name)?)));
        }
        let (command, prefix) = match known(&name)? {
            "list" => (Command::List(self.wanted()?), last),
            "explain" => (Command::Explain { key: last.ok_or_else(lacks_key)? }, None),
            "measure" => (Command::Measure, last),
            _ => (Command::Invalidate(self.target()?), last),
        };
        let prefix = self.prefix(prefix, &command)?;
        self.has_nothing_left(&name)?;
        let url = url.ok_or_else(|| usage("which store? Write its URL behind the command"))?;
        Ok(Arguments { command, url, prefix, is_json: self.is_json })
    }

    fn prefix(
        &mut self,
        word: Option<String>,
        command: &Command,
    ) -> Result<Option<String>, Failure> {
        let is_of_key =
            matches!(command, Command::Explain { .. } | Command::Invalidate(Target::Key(_)));
        match (word, self.take("prefix")) {
            (Some(_), Some(_)) => Err(usage("the prefix is there twice: leave one out")),
            (Some(_), _) | (_, Some(_)) if is_of_key => {
                Err(usage("a key has its prefix in itself: leave the prefix beside it out"))
            }
            (word, option) => Ok(word.or(option)),
        }
    }

    fn wanted(&mut self) -> Result<Wanted, Failure> {
        let limit = self.take_as("limit", "a number of entries")?.unwrap_or(LISTED);
        Ok(Wanted {
            function: self.take("function"),
            tag: self.take("tag"),
            limit: (limit > 0).then_some(limit),
            sort: self.take_as::<Sort>("sort", "`key`, `age`, `size` or `left`")?,
        })
    }

    fn target(&mut self) -> Result<Target, Failure> {
        let all = std::mem::take(&mut self.all).then_some(Target::All);
        let targets = [
            self.take("key").map(Target::Key),
            self.take("tag").map(Target::Tag),
            self.take("function").map(Target::Function),
            all,
        ];
        let mut targets = targets.into_iter().flatten();
        match (targets.next(), targets.next()) {
            (Some(target), None) => Ok(target),
            _ => Err(usage(
                "what is to be forgotten? Write one of `--key`, `--tag`, `--function` and `--all`",
            )),
        }
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let option = OPTIONS.iter().position(|option| *option == name)?;
        self.options[option].take()
    }

    fn take_as<T: FromStr>(&mut self, name: &str, what: &str) -> Result<Option<T>, Failure> {
        let read = self.take(name).map(|text| text.parse());
        read.transpose().map_err(|_| usage(format!("`--{name}` takes {what}")))
    }

    fn has_nothing_left(&self, command: &str) -> Result<(), Failure> {
        let left = self.options.iter().position(Option::is_some).map(|option| OPTIONS[option]);
        match left.or(self.all.then_some("all")) {
            Some(name) => Err(usage(format!("`{command}` has no option `--{name}`"))),
            None => Ok(()),
        }
    }
}

/// The command of this name.
fn known(name: &str) -> Result<&'static str, Failure> {
    let commands = ["list", "explain", "measure", "invalidate"];
    let known = commands.into_iter().find(|command| *command == name);
    known.ok_or_else(|| {
        usage(format!("the first word is one of `{}`; see --help", commands.join("`, `")))
    })
}

fn text(word: OsString) -> Result<String, Failure> {
    word.string().map_err(unfit)
}

fn lacks_key() -> Failure {
    usage("which entry? Write its key behind the URL, in single quotes: 'my_app::rate(EUR,USD)'")
}

fn unknown(option: &str) -> Failure {
    usage(format!("there is no option `{option}`; see --help"))
}

/// What the crate says, without what was typed.
fn unfit(error: lexopt::Error) -> Failure {
    use lexopt::Error::{MissingValue, UnexpectedOption, UnexpectedValue};
    match error {
        MissingValue { option: Some(option) } => usage(format!("`{option}` needs a value")),
        UnexpectedValue { option, .. } => usage(format!("`{option}` takes no value")),
        UnexpectedOption(option) => unknown(&option),
        _ => usage("a word is no text; see --help"),
    }
}

fn usage(what: impl Display) -> Failure {
    Failure::usage(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &str) -> Result<Arguments, String> {
        match read(lexopt::Parser::from_args(words.split(' ').filter(|word| !word.is_empty()))) {
            Ok(Asked::Command(arguments)) => Ok(arguments),
            Ok(_) => panic!("{words:?} asks for help"),
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[test]
    fn words_and_options_may_come_in_any_order() {
        for words in [
            "list redis://a app --json --tag t --limit 7 --sort age",
            "--json --limit=7 list --sort=age redis://a --prefix app --tag t",
        ] {
            let Arguments { command, url, prefix, is_json } = asked(words).unwrap();
            let Command::List(wanted) = command else { panic!("{words:?}") };
            assert_eq!((&*url, prefix.as_deref(), is_json), ("redis://a", Some("app"), true));
            let expected = Wanted {
                function: None,
                tag: Some("t".to_owned()),
                limit: Some(7),
                sort: Some(Sort::Age),
            };
            assert_eq!(wanted, expected, "{words:?}");
        }
        let Command::List(wanted) = asked("list memory: --limit 0").unwrap().command else {
            panic!()
        };
        assert_eq!(wanted.limit, None);
    }

    #[test]
    fn one_thing_is_forgotten_at_a_time() {
        let target = |words: &str| match asked(&format!("invalidate memory: {words}"))?.command {
            Command::Invalidate(target) => Ok::<_, String>(target),
            _ => panic!("{words:?}"),
        };
        assert_eq!(target("--key a(1)").unwrap(), Target::Key("a(1)".to_owned()));
        assert_eq!(target("app --tag t").unwrap(), Target::Tag("t".to_owned()));
        assert_eq!(target("--function f").unwrap(), Target::Function("f".to_owned()));
        assert_eq!(target("--all").unwrap(), Target::All);
        for words in ["", "--all --key a", "--tag a --function b"] {
            assert!(target(words).unwrap_err().contains("one of `--key`"), "{words:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_what_was_typed() {
        for (words, said) in [
            ("", "what is to be done?"),
            ("secret redis://secret", "the first word is one of"),
            ("redis://secret list", "the first word is one of"),
            ("list", "which store?"),
            ("list redis://secret app secret", "one word more"),
            ("explain redis://secret", "which entry?"),
            ("list redis://secret app --prefix secret", "the prefix is there twice"),
            ("explain redis://secret secret --prefix secret", "a key has its prefix in itself"),
            ("invalidate redis://secret secret --key secret", "a key has its prefix in itself"),
            ("list redis://secret --tag secret --tag secret", "`--tag` is there twice"),
            ("list redis://secret --limit secret", "`--limit` takes a number"),
            ("list redis://secret --sort secret", "`--sort` takes `key`"),
            ("list redis://secret --key secret", "`list` has no option `--key`"),
            ("measure redis://secret --all", "`measure` has no option `--all`"),
            ("list redis://secret --what secret", "there is no option `--what`"),
            ("list redis://secret -x secret", "there is no option `-x`"),
            ("list redis://secret --json=secret", "`--json` takes no value"),
            ("list redis://secret --tag", "`--tag` needs a value"),
        ] {
            let message = asked(words).err().unwrap_or_else(|| panic!("{words:?} is right"));
            assert!(message.contains(said) && !message.contains("secret"), "{words:?}: {message}");
        }
    }
}
