use crate::layout;
use crate::scripts::Script;
use redis::{Cmd, ServerErrorKind, Value};
use std::borrow::Cow;
use std::sync::LazyLock;

/// One command of an operation.
pub(crate) enum Command {
    /// A command whose first argument, if it has one, is the key that it is about.
    Plain(Cmd),
    /// A script, with its keys and arguments.
    Script { script: &'static LazyLock<Script>, keys: [String; 2], arguments: Vec<bytes::Bytes> },
    /// A command for every master that there is.
    Everywhere(&'static [&'static str]),
}

impl Command {
    /// The command as it is sent. A server that has not seen a script yet is sent its text.
    pub(crate) fn packed(&self, form: Form) -> Cow<'_, Cmd> {
        match self {
            Self::Plain(command) => Cow::Borrowed(command),
            Self::Everywhere(words) => {
                Cow::Owned(words.iter().fold(Cmd::new(), |mut command, word| {
                    command.arg(word);
                    command
                }))
            }
            Self::Script { script, keys, arguments } => {
                let mut command = match form {
                    Form::Known => redis::cmd("EVALSHA"),
                    Form::Whole => redis::cmd("EVAL"),
                };
                let text = match form {
                    Form::Known => &script.hash,
                    Form::Whole => &script.code,
                };
                command.arg(text).arg(keys.len()).arg(keys);
                for argument in arguments {
                    command.arg(&argument[..]);
                }
                Cow::Owned(command)
            }
        }
    }

    /// The slot of a cluster that must be asked.
    pub(crate) fn slot(&self) -> Option<u16> {
        match self {
            Self::Everywhere(_) => None,
            Self::Script { keys, .. } => Some(layout::slot(keys[0].as_bytes())),
            Self::Plain(command) => match command.args_iter().nth(1) {
                Some(redis::Arg::Simple(key)) => Some(layout::slot(key)),
                _ => None,
            },
        }
    }

    /// Whether the server refused because it does not know the script, and so did nothing.
    pub(crate) fn is_unknown(&self, reply: &Value) -> bool {
        let Value::ServerError(error) = reply else { return false };
        matches!(self, Self::Script { .. }) && error.kind() == Some(ServerErrorKind::NoScript)
    }
}

/// In which form a script is sent; other commands have but one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its hash.
    Known,
    /// As a text, after which the server knows it.
    Whole,
}

/// The commands of one operation. They need no order among each other, but for those about one key, which are
/// carried out in the order they stand in.
pub(crate) struct Batch {
    pub(crate) commands: Vec<Command>,
    /// Whether it may be carried out twice where once was meant, because the reply to the first time was lost.
    pub(crate) is_repeatable: bool,
}

impl Batch {
    pub(crate) fn repeatable(commands: impl IntoIterator<Item = Command>) -> Self {
        Self { commands: commands.into_iter().collect(), is_repeatable: true }
    }

    pub(crate) fn once(commands: impl IntoIterator<Item = Command>) -> Self {
        Self { commands: commands.into_iter().collect(), is_repeatable: false }
    }

    /// Its command, if there is but one and it is no script. One server answers such a batch in one round, whatever it says.
    pub(crate) fn single_plain_command(&self) -> Option<&Cmd> {
        match &self.commands[..] {
            [Command::Plain(command)] => Some(command),
            _ => None,
        }
    }
}
