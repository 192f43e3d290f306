//! This program again, several times over, as compressors for their parent. What is to be compressed goes to their
//! standard input and comes back from their standard output, in frames: the length, in four bytes, and so many bytes
//! behind it.

use super::compressors::{COMPRESSORS, Compressor};
use benchmarks::Failure;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The word by which this program knows that it is one of them.
const WORKER: &str = "compress-for-parent";

/// Processes that wait for work. They end when this is dropped: their input does.
pub(super) struct Processes(Vec<Mutex<Process>>);

struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Processes {
    pub(super) fn start(count: usize) -> Result<Self, Failure> {
        let program = std::env::current_exe()?;
        let processes = (0..count).map(|_| {
            let mut command = Command::new(&program);
            command.arg(WORKER).stdin(Stdio::piped()).stdout(Stdio::piped());
            // An interrupt at the terminal is for their parent, which ends them.
            command.process_group(0);
            let mut child = command.spawn()?;
            let (input, output) = (child.stdin.take(), child.stdout.take());
            let output = output.ok_or("a process has no output")?;
            Ok(Mutex::new(Process { child, input, output: BufReader::new(output) }))
        });
        processes.collect::<Result<_, Failure>>().map(Self)
    }

    /// Every process takes one value after the other, so that a large one keeps nobody waiting.
    pub(super) fn compress(
        &self,
        values: &[Vec<u8>],
        compressor: &Compressor,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let queue = Mutex::new(values.iter().enumerate());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let employ = |process: &Mutex<Process>| -> io::Result<Vec<(usize, Vec<u8>)>> {
            let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
            let mut done = Vec::new();
            while let Some((place, value)) = next() {
                done.push((place, process.compress(compressor, value)?));
            }
            Ok(done)
        };
        let mut done = Vec::with_capacity(values.len());
        thread::scope(|scope| -> Result<(), Failure> {
            let threads: Vec<_> =
                self.0.iter().map(|process| scope.spawn(|| employ(process))).collect();
            for thread in threads {
                done.extend(thread.join().map_err(|_| "a thread panicked")??);
            }
            Ok(())
        })?;
        done.sort_unstable_by_key(|(place, _)| *place);
        Ok(done.into_iter().map(|(_, compressed)| compressed).collect())
    }
}

impl Process {
    fn compress(&mut self, compressor: &Compressor, value: &[u8]) -> io::Result<Vec<u8>> {
        let index = COMPRESSORS.iter().position(|known| known.name == compressor.name);
        let index = index.and_then(|index| u8::try_from(index).ok()).unwrap_or_default();
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(&[index])?;
        write_frame(input, value)?;
        read_frame(&mut self.output)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        // It has nothing left to read, and ends.
        let _ = self.child.wait();
    }
}

/// Compresses for a parent until its input ends, if this program was started for that. `None` if not.
pub(crate) fn work_for_parent(words: &[String]) -> Option<io::Result<()>> {
    (words == [WORKER]).then(|| {
        let mut input = io::stdin().lock();
        // Not by lines, as the standard output is.
        let mut output = BufWriter::with_capacity(1 << 20, io::stdout().lock());
        let mut index = [0];
        while input.read(&mut index)? > 0 {
            let value = read_frame(&mut input)?;
            let compressor =
                COMPRESSORS.get(usize::from(index[0])).ok_or(io::ErrorKind::InvalidData)?;
            write_frame(&mut output, &(compressor.compress)(&value))?;
            output.flush()?;
        }
        Ok(())
    })
}

fn write_frame(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

fn read_frame(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, b"a value").unwrap();
        write_frame(&mut pipe, b"").unwrap();
        let mut pipe = &pipe[..];
        assert_eq!(read_frame(&mut pipe).unwrap(), b"a value");
        assert_eq!(read_frame(&mut pipe).unwrap(), b"");
        assert!(read_frame(&mut pipe).is_err());
    }

    #[test]
    fn who_is_asked_for_a_study_is_no_worker() {
        assert!(work_for_parent(&["concurrent-compression".to_owned()]).is_none());
    }
}
