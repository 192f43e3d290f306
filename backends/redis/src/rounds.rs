//! How the commands of an operation find their servers. Most are answered in the first round. A script that
//! the server does not know yet, and a slot that has moved, take another one; nothing is asked twice that was
//! carried out once.

use crate::cluster::{Cluster, Redirect};
use crate::command::{Batch, Form};
use crate::fault::Fault;
use crate::settings::Address;
use redis::{Cmd, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A command to be sent, and where to.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Which of the batch.
    index: usize,
    form: Form,
    redirect: Option<Redirect>,
}

/// What has been answered of a batch, and what is still to be asked.
pub(crate) struct Rounds<'a> {
    batch: &'a Batch,
    replies: Vec<Option<Value>>,
    open: Vec<Step>,
    rounds_left: u32,
}

/// A slot that moves while it is asked for takes two redirections, an unknown script one round.
const MOST_ROUNDS: u32 = 5;

impl<'a> Rounds<'a> {
    pub(crate) fn new(batch: &'a Batch) -> Self {
        let step = |index| Step { index, form: Form::Known, redirect: None };
        Self {
            batch,
            replies: batch.commands.iter().map(|_| None).collect(),
            open: (0..batch.commands.len()).map(step).collect(),
            rounds_left: MOST_ROUNDS,
        }
    }

    /// What to send now; nothing when all is answered.
    pub(crate) fn next(&mut self) -> Option<Vec<Step>> {
        self.rounds_left = self.rounds_left.saturating_sub(1);
        Some(std::mem::take(&mut self.open)).filter(|steps| !steps.is_empty())
    }

    /// The commands of a parcel, as they are sent.
    pub(crate) fn commands(&self, steps: &[Step]) -> Vec<Cow<'a, Cmd>> {
        let mut commands = Vec::with_capacity(steps.len());
        for step in steps {
            commands.extend(step.is_asking().then(|| Cow::Owned(redis::cmd("ASKING"))));
            commands.push(self.batch.commands[step.index].packed(step.form));
        }
        commands
    }

    /// Takes what the server answered to a parcel. `cluster` is told of slots that have moved.
    pub(crate) fn settle(
        &mut self,
        steps: Vec<Step>,
        replies: Vec<Value>,
        cluster: Option<(&Cluster, &Address)>,
    ) {
        let mut replies = replies.into_iter();
        for step in steps {
            if step.is_asking() {
                replies.next();
            }
            if let Some(reply) = replies.next() {
                self.settle_one(step, reply, cluster);
            }
        }
    }

    fn settle_one(&mut self, step: Step, reply: Value, cluster: Option<(&Cluster, &Address)>) {
        if self.rounds_left > 0 {
            if self.batch.commands[step.index].is_unknown(&reply) {
                return self.open.push(Step { form: Form::Whole, ..step });
            }
            let redirect = cluster.and_then(|(cluster, from)| cluster.redirect(&reply, from));
            if redirect.is_some() {
                return self.open.push(Step { redirect, ..step });
            }
        }
        // A command for every master has many replies, of which a refusal counts.
        let slot = &mut self.replies[step.index];
        if !matches!(slot, Some(Value::ServerError(_))) {
            *slot = Some(reply);
        }
    }

    /// The replies, in the order of the commands.
    pub(crate) fn finish(self) -> Vec<Value> {
        let mut replies = Vec::with_capacity(self.replies.len());
        replies.extend(self.replies.into_iter().flatten());
        replies
    }

    /// Sorts steps by the node of the cluster that each goes to. The order of the nodes is the same for
    /// everybody, so that no two operations wait for each other's connections.
    pub(crate) fn parcels(
        &self,
        steps: Vec<Step>,
        cluster: &Cluster,
    ) -> Result<BTreeMap<Address, Vec<Step>>, Fault> {
        let mut parcels: BTreeMap<Address, Vec<Step>> = BTreeMap::new();
        for step in steps {
            let slot = self.batch.commands[step.index].slot();
            let nodes = match (&step.redirect, slot) {
                (Some(redirect), _) => vec![redirect.node().clone()],
                (None, Some(slot)) => vec![cluster.owner(slot)?],
                (None, None) => cluster.masters()?,
            };
            for node in nodes {
                parcels.entry(node).or_default().push(step.clone());
            }
        }
        Ok(parcels)
    }
}

impl Step {
    fn is_asking(&self) -> bool {
        matches!(self.redirect, Some(Redirect::Ask(_)))
    }
}
