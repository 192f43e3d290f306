use super::Subject;
use super::subject::{key_of, value};
use cache_memoize_core::{
    BoxFuture, Bytes, ErasedAsyncStore, LeaseMode, PutMode, Result, Token, Ttl,
};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// Every operation is dropped before its first poll, after it, after the second, and so on until it
/// gets done; after each of these the store serves others as before.
pub(super) fn a_dropped_future_harms_nothing(subject: &Subject) {
    let store = async_face(subject);
    for operation in OPERATIONS {
        let mut polls = 0;
        while !abandon(subject, &store, operation, polls) {
            assert_unharmed(subject, operation, polls);
            polls += 1;
            assert!(polls < 1000, "{operation:?} does not get done in a thousand polls");
        }
        assert_unharmed(subject, operation, polls);
    }
}

/// A clearing comes last: one that was dropped may yet take place, and take a witness with it.
const OPERATIONS: [Operation; 9] = [
    Operation::Get,
    Operation::Put,
    Operation::Lease,
    Operation::Release,
    Operation::Remove,
    Operation::Increment,
    Operation::Touch,
    Operation::Ping,
    Operation::Clear,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Get,
    Put,
    Lease,
    Release,
    Remove,
    Increment,
    Touch,
    Ping,
    Clear,
}

impl Operation {
    fn begin<'a>(self, store: &'a dyn ErasedAsyncStore, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let key = key_of(key);
            match self {
                Self::Get => store.get(&[key, key]).await.map(drop),
                Self::Put => {
                    let value = Bytes::from_static(NEW);
                    store.put(key, value, Ttl::Forever, PutMode::Always).await.map(drop)
                }
                Self::Lease => store.lease(key, Ttl::Forever, LeaseMode::Join).await.map(drop),
                Self::Release => store.release(key, Token::new(1)).await,
                Self::Remove => store.remove(&[key]).await.map(drop),
                Self::Increment => store.increment(key, 1, 1, Ttl::Forever).await.map(drop),
                Self::Touch => store.touch(key, Ttl::Forever).await.map(drop),
                Self::Ping => store.ping().await,
                Self::Clear => store.clear().await,
            }
        })
    }
}

const OLD: &[u8] = b"1";
const NEW: &[u8] = b"a new value\r\n";

/// Begins an operation on a key of its own, drops it after so many polls, and says whether it was
/// done by then.
fn abandon(
    subject: &Subject,
    store: &Arc<dyn ErasedAsyncStore>,
    operation: Operation,
    polls: usize,
) -> bool {
    let key = format!("{operation:?}-{polls}");
    subject.put(&key, OLD);
    let outcome = subject.runner().run(at_most(polls, operation.begin(&**store, &key)));
    let found = subject.get(&key);
    let possible = match operation {
        Operation::Put => vec![value(OLD), value(NEW)],
        Operation::Increment => vec![value(OLD), value("2")],
        Operation::Remove | Operation::Clear => vec![value(OLD), None],
        _ => vec![value(OLD)],
    };
    assert!(possible.contains(&found), "{operation:?} after {polls} polls left {found:?}");
    match outcome {
        Some(Ok(())) => true,
        Some(Err(error)) => panic!("the store answered with an error: {error}"),
        None => false,
    }
}

/// An answer that was meant for the dropped future would be taken for one of these.
fn assert_unharmed(subject: &Subject, operation: Operation, polls: usize) {
    for round in 0..3 {
        subject.store().ping().unwrap();
        let witness = format!("witness-{operation:?}-{polls}-{round}");
        subject.put(&witness, witness.clone());
        let found = subject.get(&witness);
        let was_cleared = operation == Operation::Clear && found.is_none();
        assert!(
            was_cleared || found == value(witness.clone()),
            "after {operation:?} was dropped, {polls} polls old, {witness} was read as {found:?}"
        );
    }
}

/// Many futures at a time on one thread, of which every third is dropped halfway.
pub(super) fn every_future_gets_its_own_answer(subject: &Subject) {
    const FUTURES: usize = 60;
    let store = async_face(subject);
    let names: Vec<String> = (0..FUTURES).map(|index| format!("name-{index}")).collect();
    for name in &names {
        subject.put(name, name.clone());
    }
    for round in 0..10 {
        let reads = names.iter().enumerate().map(|(index, name)| {
            let patience = if index % 3 == 0 { round } else { usize::MAX };
            let store = &store;
            Box::pin(at_most(patience, async move { store.get(&[key_of(name)]).await }))
                as BoxFuture<'_, Option<Result<Vec<Option<Bytes>>>>>
        });
        let answers = subject.runner().run(all(reads.collect()));
        for (index, answer) in answers.into_iter().enumerate() {
            let found = answer.map(|answer| answer.unwrap().remove(0));
            let was_dropped = index % 3 == 0 && found.is_none();
            assert!(was_dropped || found == Some(value(names[index].clone())), "{found:?}");
        }
    }
}

fn async_face(subject: &Subject) -> Arc<dyn ErasedAsyncStore> {
    subject.backend().async_store().expect("the async face was opened").clone()
}

/// Polls `future` so many times at most, and drops it then.
async fn at_most<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls all of `futures` until each is done.
async fn all<T: Send>(futures: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(Some).collect();
    let mut outputs: Vec<Option<T>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in running.iter_mut().zip(&mut outputs) {
            if let Some(Poll::Ready(done)) =
                future.as_mut().map(|future| future.as_mut().poll(context))
            {
                *output = Some(done);
                *future = None;
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
