use std::borrow::Cow;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// One command among those of a task.
pub struct Step {
    title: String,
    program: PathBuf,
    arguments: Vec<String>,
    fallback: Option<Vec<String>>,
    variables: Vec<(String, String)>,
}

impl Step {
    /// A call of cargo.
    pub fn cargo(title: &str, arguments: &[&str]) -> Self {
        Self::program(title, env!("CARGO"), arguments)
    }

    /// A call of another program.
    pub fn program(title: &str, program: impl Into<PathBuf>, arguments: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            program: program.into(),
            arguments: owned(arguments),
            fallback: None,
            variables: Vec::new(),
        }
    }

    /// What to call instead where cargo lacks the subcommand.
    pub fn otherwise(mut self, arguments: &[&str]) -> Self {
        self.fallback = Some(owned(arguments));
        self
    }

    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(owned(arguments));
        self.fallback.iter_mut().for_each(|fallback| fallback.extend(owned(arguments)));
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs the command with its output shown.
    pub fn run(self) -> Result<(), String> {
        let (title, mut command) = (self.title.clone(), self.command());
        println!("\n── {title}: {}", spoken(&command));
        let begin = Instant::now();
        let status = command
            .status()
            .map_err(|error| format!("{title}: {} does not start: {error}", spoken(&command)))?;
        if !status.success() {
            return Err(format!("{title} failed: {}", spoken(&command)));
        }
        println!("── {title}: done in {:.0} s", begin.elapsed().as_secs_f64());
        Ok(())
    }

    /// Becomes the command. Signals to this process are signals to it from then on, and it ends as it likes.
    pub fn run_instead(self) -> Result<(), String> {
        let (title, mut command) = (self.title.clone(), self.command());
        println!("\n── {title}: {}", spoken(&command));
        let error = command.exec();
        Err(format!("{title}: {} does not start: {error}", spoken(&command)))
    }

    /// Runs the command and gives what it printed.
    pub fn output(self) -> Result<String, String> {
        let title = self.title.clone();
        let output = self.command().output().map_err(|error| format!("{title}: {error}"))?;
        if !output.status.success() {
            return Err(format!("{title} failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(self) -> Command {
        let arguments = match self.fallback {
            Some(fallback) if !has_subcommand(&self.arguments[0]) => fallback,
            _ => self.arguments,
        };
        let mut command = Command::new(self.program);
        command.args(arguments).envs(self.variables);
        command
    }
}

fn has_subcommand(name: &str) -> bool {
    let version = Command::new(env!("CARGO")).args([name, "--version"]).output();
    version.is_ok_and(|output| output.status.success())
}

/// The command as one may type it.
fn spoken(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        let value = quoted(&value?.to_string_lossy());
        Some(format!("{}={value}", name.to_string_lossy()))
    });
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let arguments = command.get_args().map(|argument| quoted(&argument.to_string_lossy()));
    let words = variables.chain([program.to_string_lossy().into_owned()]).chain(arguments);
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    // Only what no command can be given cannot be quoted.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Cow::into_owned)
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_spoken_as_one_may_type_it() {
        let step = Step::program("a study", "/bin/study", &["peers", "--only", "Redis, Unix"]);
        let command = step.env("PLACE", "a folder").command();
        assert_eq!(spoken(&command), "PLACE='a folder' study peers --only 'Redis, Unix'");
    }
}
