/// What a store can be asked, in the words of its methods and of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Get,
    Put,
    Lease,
    Release,
    Remove,
    Increment,
    Touch,
    Clear,
    Ping,
}

impl Operation {
    pub(crate) const ALL: [Self; 9] = [
        Self::Get,
        Self::Put,
        Self::Lease,
        Self::Release,
        Self::Remove,
        Self::Increment,
        Self::Touch,
        Self::Clear,
        Self::Ping,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Lease => "lease",
            Self::Release => "release",
            Self::Remove => "remove",
            Self::Increment => "increment",
            Self::Touch => "touch",
            Self::Clear => "clear",
            Self::Ping => "ping",
        }
    }

    /// A name that is none would count nothing and fail nothing, and a test with it could not fail.
    #[track_caller]
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|operation| operation.name() == name).unwrap_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            panic!("a store has no operation `{name}`; it has {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_goes_by_one_name() {
        for (index, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(Operation::named(operation.name()), operation);
            assert_eq!(operation as usize, index);
        }
    }

    #[test]
    #[should_panic(expected = "a store has no operation `gte`; it has get, put, lease")]
    fn a_name_that_is_none_is_refused() {
        Operation::named("gte");
    }
}
