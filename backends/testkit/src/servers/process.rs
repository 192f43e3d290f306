use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::fmt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take until it answers, on a machine that is busy with other tests.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A server process. It is killed when this is dropped.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command`, and waits until `answers` says that the server is there.
    ///
    /// An error says why there is no server: the program is missing, it ended at once, or it does not
    /// answer.
    pub(super) fn start(
        mut command: Command,
        answers: impl Fn(&Self) -> bool,
    ) -> Result<Self, String> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| {
            format!("{program} does not start: {error}; `cargo xtask test` installs it")
        })?;
        let mut process = Self { child };
        let deadline = Instant::now() + START_LIMIT;
        while !answers(&process) {
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(format!("{program} ended at once, {status}"));
            }
            if Instant::now() > deadline {
                return Err(format!("{program} does not answer within {START_LIMIT:?}"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(process)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process at once, and waits until it is gone.
    pub(super) fn kill(&mut self) {
        // A stopped process dies of this signal too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops the process where it stands, and waits until it does; its sockets stay open.
    pub(super) fn pause(&self) {
        self.signal(Signal::STOP);
        let stopped = waitpid(Some(self.pid()), WaitOptions::UNTRACED);
        stopped.expect("a child of ours that goes on can be stopped");
    }

    /// Lets a stopped process go on.
    pub(super) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a child of ours may be signalled");
    }

    fn pid(&self) -> Pid {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        pid.expect("a child has a process id")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Process").field(&self.child.id()).finish()
    }
}
